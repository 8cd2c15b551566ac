'use client';
import type { SiteKey } from '@tallymark/contract/site-keys';
import { Ban } from 'lucide-react';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { writeAgo, writeMoment } from '../../format/times.ts';
import { useMinute } from '../../state/use-minute.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { KeyDialog } from './key-dialog.tsx';

const COLUMNS = [
  { title: 'Name' },
  { title: 'Key' },
  { title: 'Allowed origins' },
  { title: 'Last seen' },
  { title: 'Actions', silent: true },
];

export function KeyTable({ siteId }: { siteId: string }) {
  const list = useQuestion(['sites.keys', siteId], (client, signal) => client.sites.keys.query({ siteId }, { signal }));
  return (
    <Answered question={list} loading={<Skeleton className="h-24 w-full" />}>
      {({ keys }) =>
        keys.length === 0 ? (
          <Empty title="No keys yet">Create one, and give it to the browser client as siteKey.</Empty>
        ) : (
          <DataTable label="Keys" columns={COLUMNS}>
            {keys.map((key) => (
              <KeyRow key={key.key} siteKey={key} />
            ))}
          </DataTable>
        )
      }
    </Answered>
  );
}

function KeyRow({ siteKey }: { siteKey: SiteKey }) {
  const { key, name, origins, lastSeenAt, createdAt, revokedAt } = siteKey;
  const now = useMinute();
  return (
    <Row faded={revokedAt !== null}>
      <Cell head>
        {name}
        <span className="block text-xs font-normal text-muted-foreground">since {writeMoment(createdAt)}</span>
      </Cell>
      <Cell>
        <code className="font-mono text-xs">{key}</code>
        {!revokedAt && <CopyButton text={key} label={`Copy the key ${name}`} />}
      </Cell>
      <Cell>
        {origins.length === 0
          ? 'Any'
          : origins.map((origin) => (
              <span key={origin} className="block">
                {origin}
              </span>
            ))}
      </Cell>
      <Cell>
        {lastSeenAt ? (
          <time dateTime={lastSeenAt}>{writeAgo(lastSeenAt, Math.max(now, Date.parse(lastSeenAt)))}</time>
        ) : (
          'Never'
        )}
      </Cell>
      <Cell right>
        {revokedAt ? (
          <Badge tone="bad">revoked {writeMoment(revokedAt)}</Badge>
        ) : (
          <span className="inline-flex gap-2">
            <KeyDialog siteId={siteKey.siteId} edited={siteKey} />
            <RevokeKey siteKey={siteKey} />
          </span>
        )}
      </Cell>
    </Row>
  );
}

function RevokeKey({ siteKey: { key, name } }: { siteKey: SiteKey }) {
  const revoke = useAction((client) => client.sites.revokeKey.mutate({ key }), ['sites.keys', 'sites.list']);
  return (
    <FormDialog
      trigger={
        <Button variant="danger" size="small" aria-label={`Revoke the key ${name}`}>
          <Ban aria-hidden /> Revoke
        </Button>
      }
      title={`Revoke the key ${name}?`}
      note="For good. What browsers send with it is refused from within a minute on, and stays with them until their pages have another key."
      submit="Revoke it"
      danger
      pending={revoke.isPending}
      error={revoke.error}
      onOpen={() => revoke.reset()}
      onSubmit={(close) => revoke.mutate(undefined, { onSuccess: close })}
    />
  );
}
