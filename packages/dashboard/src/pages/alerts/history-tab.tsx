'use client';
import type { AlertEvent } from '@tallymark/contract/alerts';
import { parseAsString, useQueryStates } from 'nuqs';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { useSite } from '../../data/use-site.ts';
import { writeMoment } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { useAlerts } from './use-alerts.ts';

const PAGE = 25;
const EVERY = '*';
const COLUMNS = [{ title: 'When' }, { title: 'Rule' }, { title: 'What' }, { title: 'What was measured' }];
const parsers = { of: parseAsString, before: parseAsString };

const WHAT = {
  fired: { tone: 'bad', words: 'Fired' },
  reminded: { tone: 'bad', words: 'Still firing' },
  resolved: { tone: 'good', words: 'Resolved' },
  failed: { tone: 'warn', words: 'Failed' },
  recovered: { tone: 'good', words: 'Recovered' },
} as const satisfies Record<AlertEvent['what'], object>;

/** Who fired, was told again and resolved when, newest first. */
export function HistoryTab() {
  const [{ of, before }, setShown] = useQueryStates(parsers, { history: 'push' });
  const siteId = useSite()?.siteId;
  const rules = useAlerts().data?.alerts ?? [];
  const input = { ...(siteId && { siteId }), ...(of && { alertId: of }), cursor: before, limit: PAGE };
  const page = useQuestion(
    ['alerts.history', input],
    (client, signal) => client.alerts.history.query(input, { signal }),
    { enabled: siteId !== undefined },
  );
  const options = [{ value: EVERY, label: 'Every rule' }, ...rules.map(({ id, name }) => ({ value: id, label: name }))];
  // A rule that was removed has a history still.
  if (of && !options.some(({ value }) => value === of)) options.push({ value: of, label: 'A removed rule' });
  return (
    <Card
      title="What has fired"
      note="Each change of a rule’s state, and what was told again while it lasted; for a year."
      actions={
        <Select
          label="Rule"
          value={of ?? EVERY}
          options={options}
          onChange={(next) => void setShown({ of: next === EVERY ? null : next, before: null })}
        />
      }
    >
      <Answered question={page} loading={<Skeleton className="h-[50dvh] w-full" />}>
        {({ events, nextCursor }) => (
          <>
            {events.length === 0 ? (
              <Empty title="Nothing has fired">What fires, fails or resolves is entered here.</Empty>
            ) : (
              <DataTable label="What has fired" columns={COLUMNS}>
                {events.map((event) => (
                  <EventRow key={event.id} event={event} />
                ))}
              </DataTable>
            )}
            {(before || nextCursor) && (
              <div className="mt-3 flex justify-end gap-2">
                {before && <Button onClick={() => void setShown({ before: null })}>Newest</Button>}
                <Button disabled={nextCursor === null} onClick={() => void setShown({ before: nextCursor })}>
                  Older
                </Button>
              </div>
            )}
          </>
        )}
      </Answered>
    </Card>
  );
}

function EventRow({ event: { at, name, what, message } }: { event: AlertEvent }) {
  return (
    <Row>
      <Cell>
        <time dateTime={at}>{writeMoment(at)}</time>
      </Cell>
      <Cell head>{name}</Cell>
      <Cell>
        <Badge tone={WHAT[what].tone}>{WHAT[what].words}</Badge>
      </Cell>
      <Cell long>
        <span className="block min-w-56 break-words">{message}</span>
      </Cell>
    </Row>
  );
}
