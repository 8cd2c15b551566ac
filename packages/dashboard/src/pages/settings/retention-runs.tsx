'use client';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeNumber } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';

const SHOWN = 10;
const COLUMNS = [
  { title: 'Began' },
  { title: 'Outcome' },
  { title: 'Events removed', right: true },
  { title: 'From before' },
];

/** What has gone lately. */
export function RetentionRuns() {
  const runs = useQuestion(['retention.runs', SHOWN], (client, signal) =>
    client.retention.runs.query({ limit: SHOWN }, { signal }),
  );
  return (
    <Card title="Last runs">
      <Answered question={runs} loading={<Skeleton className="h-24 w-full" />}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No run yet">What each one removes will stand here.</Empty>
          ) : (
            <DataTable label="Last runs" columns={COLUMNS}>
              {list.map(({ id, startedAt, finishedAt, removedTo, removed, error }) => (
                <Row key={id}>
                  <Cell head>{writeMoment(startedAt)}</Cell>
                  <Cell long>
                    <Badge tone={error ? 'bad' : finishedAt ? 'good' : 'warn'}>
                      {error ? 'failed' : finishedAt ? 'done' : 'not finished'}
                    </Badge>
                    {error && <span className="block text-xs">{error}</span>}
                  </Cell>
                  <Cell right>{writeNumber(removed, 'count')}</Cell>
                  <Cell>{writeMoment(removedTo)}</Cell>
                </Row>
              ))}
            </DataTable>
          )
        }
      </Answered>
    </Card>
  );
}
