'use client';
import { RetentionHeatTable } from '../../charts/retention-heat-table.tsx';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import type { RetentionAsked } from './use-retention.ts';

/** The cohorts of the period, and how many of each came back. */
export function RetentionResult({
  asked: { unit, startEvent, returnEvent, newVisitorsOnly },
}: {
  asked: RetentionAsked;
}) {
  const { scope } = useScope();
  const input = {
    ...scope,
    unit,
    newVisitorsOnly,
    ...(startEvent && { startEvent }),
    ...(returnEvent && { returnEvent }),
  };
  const retention = useQuestion(['stats.retention', input], (client, signal) =>
    client.stats.retention.query(input, { signal }),
  );
  return (
    <Card title="Who comes back" note={`Visitors by the ${unit} they first came in, and the share seen again later`}>
      <Answered question={retention} loading={<Skeleton className="h-[22rem] w-full" />}>
        {(answer) => (
          <>
            <IncompleteNote before={answer.incompleteBefore} />
            {answer.cohorts.some(({ visitors }) => visitors > 0) ? (
              <RetentionHeatTable cohorts={answer.cohorts} average={answer.average} unit={answer.unit} />
            ) : (
              <Empty title="Nobody joined a cohort in this period">Choose a longer period, or another event.</Empty>
            )}
            <p className="mt-3 text-xs text-muted-foreground">
              A visitor without an id of its own is recognised within one day, and new the next. Columns that go on
              still are counted as far as they are.
            </p>
          </>
        )}
      </Answered>
    </Card>
  );
}
