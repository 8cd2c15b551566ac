'use client';
import type { AuditEntry } from '@tallymark/contract/audit';
import { parseAsString, useQueryStates } from 'nuqs';
import { type FormEvent, useState } from 'react';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeMoment } from '../../format/times.ts';
import type { DashboardUser } from '../../shell/user.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { TextField } from './fields.tsx';

const PAGE = 25;
const ANYTHING = '*';
/** Routers whose procedures admins change things by. */
const AREAS = [
  { value: ANYTHING, label: 'Everything' },
  { value: 'sites', label: 'Sites and keys' },
  { value: 'members', label: 'Users and roles' },
  { value: 'retention', label: 'Retention' },
  { value: 'sampling', label: 'Sampling' },
  { value: 'alerts', label: 'Alerts' },
  { value: 'webhooks', label: 'Webhooks' },
  { value: 'deadLetters', label: 'Dead letters' },
  { value: 'projections', label: 'Projections' },
  { value: 'jobs', label: 'Jobs' },
  { value: 'eventIngestion', label: 'Ingest' },
];
const COLUMNS = [{ title: 'When' }, { title: 'Who' }, { title: 'What' }, { title: 'On what' }, { title: 'Change' }];

const parsers = { what: parseAsString.withDefault(ANYTHING), who: parseAsString, before: parseAsString };

/** What admins did in the last year, newest first. */
export function AuditTab({ user }: { user: DashboardUser }) {
  const [{ what, who, before }, setFilter] = useQueryStates(parsers, { history: 'push' });
  const query = {
    limit: PAGE,
    ...(what !== ANYTHING && { procedure: what }),
    ...(who && { userId: who }),
    ...(before && { cursor: before }),
  };
  const page = useQuestion(['audit.list', query], (client, signal) => client.audit.list.query(query, { signal }));
  return (
    <Card
      title="What admins did"
      note="Every change, for a year. Secrets are left out; addresses are hashed."
      actions={
        <div className="flex flex-wrap items-end gap-2">
          <WhoField key={who ?? ''} who={who} onChange={(next) => void setFilter({ who: next, before: null })} />
          <Select
            label="What was done"
            value={what}
            options={AREAS}
            onChange={(next) => void setFilter({ what: next, before: null })}
          />
        </div>
      }
    >
      <Answered question={page} loading={<Skeleton className="h-[50dvh] w-full" />}>
        {({ entries, nextCursor }) => (
          <>
            {entries.length === 0 ? (
              <Empty title="Nothing was done">Nobody has changed anything here in the last year.</Empty>
            ) : (
              <DataTable label="What admins did" columns={COLUMNS}>
                {entries.map((entry) => (
                  <EntryRow key={entry.id} entry={entry} own={entry.userId === user.id} />
                ))}
              </DataTable>
            )}
            <div className="mt-3 flex justify-end gap-2">
              {before && <Button onClick={() => void setFilter({ before: null })}>Newest</Button>}
              <Button disabled={nextCursor === null} onClick={() => void setFilter({ before: nextCursor })}>
                Older
              </Button>
            </div>
          </>
        )}
      </Answered>
    </Card>
  );
}

function WhoField({ who, onChange }: { who: string | null; onChange: (who: string | null) => void }) {
  const [text, setText] = useState(who ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(text.trim() || null);
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <TextField
        label="By user id"
        placeholder="Anybody"
        maxLength={200}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Button type="submit">Filter</Button>
    </form>
  );
}

function EntryRow({ entry, own }: { entry: AuditEntry; own: boolean }) {
  const { at, userId, procedure, target, change, addressHash, correlationId } = entry;
  return (
    <Row>
      <Cell>
        <time dateTime={at}>{writeMoment(at)}</time>
      </Cell>
      <Cell>{own ? 'You' : <span className="font-mono text-xs">{userId}</span>}</Cell>
      <Cell head>{procedure}</Cell>
      <Cell long>
        <span className="text-xs break-all">{target ?? '–'}</span>
      </Cell>
      <Cell long>
        <details className="min-w-40">
          <summary className="cursor-pointer text-xs">Show</summary>
          <pre className="mt-1 max-w-[40rem] overflow-x-auto text-xs whitespace-pre-wrap">
            {JSON.stringify(change, null, 2)}
          </pre>
          <p className="text-xs break-all text-muted-foreground">
            From {addressHash ? `the hashed address ${addressHash}` : 'an unknown address'}
            {correlationId && `, request ${correlationId}`}
          </p>
        </details>
      </Cell>
    </Row>
  );
}
