'use client';
import type { ReactNode } from 'react';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeNumber } from '../../format/numbers.ts';
import { writeAgo, writeMoment } from '../../format/times.ts';
import { useMinute } from '../../state/use-minute.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { RetentionPreview } from './retention-preview.tsx';
import { RetentionRules } from './retention-rules.tsx';
import { RetentionRuns } from './retention-runs.tsx';

/** How long events are kept, and what goes when. */
export function RetentionTab() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <Kept />
      <RetentionRules />
      <RetentionRuns />
    </div>
  );
}

function Kept() {
  const plan = useQuestion(['retention.plan'], (client, signal) => client.retention.plan.query(undefined, { signal }));
  return (
    <Card title="What is kept" note="What the next run would remove, counted now. Looking changes nothing.">
      <Answered question={plan} loading={<Skeleton className="h-48 w-full" />}>
        {({ defaultCutoff, rows, bytes, months }) => (
          <>
            <dl className="mb-4 grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
              <Fact title="Where no rule speaks">
                {defaultCutoff ? `Events since ${writeMoment(defaultCutoff)}` : 'For ever'}
              </Fact>
              <Fact title="Next run">
                <NextRun />
              </Fact>
              <Fact title="Goes with it">{writeNumber(rows, 'count')} events</Fact>
              <Fact title="Given back to the disk">{writeNumber(bytes, 'bytes')}</Fact>
            </dl>
            <RetentionPreview months={months} />
          </>
        )}
      </Answered>
    </Card>
  );
}

function NextRun() {
  const now = useMinute();
  const { data, error } = useQuestion(['jobs.stats'], (client, signal) =>
    client.jobs.stats.query(undefined, { signal }),
  );
  if (error) return <span className="text-muted-foreground">not known: {error.message}</span>;
  if (!data) return <Skeleton className="h-5 w-32" />;
  const next = data.queues.find(({ name }) => name === 'applyRetention')?.nextRunAt ?? null;
  if (next === null) return 'None is planned';
  return (
    <>
      {writeAgo(next, now)} <span className="text-muted-foreground">({writeMoment(next)})</span>
    </>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-muted-foreground">{title}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}
