'use client';
import type { Site } from '@tallymark/contract/site-keys';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { writeNumber } from '../../format/numbers.ts';
import { writeBucket } from '../../format/times.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { LinesField, linesOf, TextField } from './fields.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { KeyTable } from './key-table.tsx';

interface SiteCardProps {
  readonly site: Site;
  readonly open: boolean;
  readonly onOpen: () => void;
}

export function SiteCard({ site, open, onOpen }: SiteCardProps) {
  const keys = `${writeNumber(site.keys, 'count')} ${site.keys === 1 ? 'key' : 'keys'}`;
  const note = `${site.tenantName} · since ${writeBucket(site.createdAt, 'day')} · ${keys}`;
  if (!open) {
    return (
      <Card title={site.name} note={note} actions={<Button onClick={onOpen}>Open {site.name}</Button>}>
        {null}
      </Card>
    );
  }
  return (
    <Card
      title={site.name}
      note={note}
      actions={
        <div className="flex flex-wrap gap-2">
          <EditSite site={site} />
          <KeyDialog siteId={site.siteId} />
        </div>
      }
    >
      <dl className="mb-4 grid gap-x-4 gap-y-1 sm:grid-cols-[8rem_1fr]">
        <dt className="text-muted-foreground">Site id</dt>
        <dd className="font-mono text-xs leading-5 break-all">{site.siteId}</dd>
        <dt className="text-muted-foreground">Own hosts</dt>
        <dd>{site.hosts.length > 0 ? site.hosts.join(', ') : 'None: every referrer counts as external.'}</dd>
      </dl>
      <KeyTable siteId={site.siteId} />
    </Card>
  );
}

function EditSite({ site: { siteId, name: oldName, hosts: oldHosts } }: { site: Site }) {
  const [name, setName] = useState(oldName);
  const [hosts, setHosts] = useState('');
  const save = useAction(
    async (client, input: { name: string; hosts: string[] }) => {
      if (input.hosts.join() !== oldHosts.join()) await client.sites.hosts.mutate({ siteId, hosts: input.hosts });
      if (input.name !== oldName) await client.sites.rename.mutate({ siteId, name: input.name });
    },
    ['sites.list', 'members.mine'],
  );
  return (
    <FormDialog
      trigger={
        <Button>
          <Pencil aria-hidden /> Edit site
        </Button>
      }
      title={`Edit ${oldName}`}
      submit="Save"
      pending={save.isPending}
      error={save.error}
      onOpen={() => {
        setName(oldName);
        setHosts(oldHosts.join('\n'));
        save.reset();
      }}
      onSubmit={(close) => save.mutate({ name: name.trim(), hosts: linesOf(hosts) }, { onSuccess: close })}
    >
      <TextField label="Name" required maxLength={100} value={name} onChange={({ target }) => setName(target.value)} />
      <LinesField
        label="Own hosts"
        hint="One in a line, such as www.shop.example. Visitors who come from these are not counted as referred."
        value={hosts}
        onChange={({ target }) => setHosts(target.value)}
      />
    </FormDialog>
  );
}
