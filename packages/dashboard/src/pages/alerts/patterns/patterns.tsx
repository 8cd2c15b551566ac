'use client';
import type { PatternRun } from '@tallymark/contract/patterns';
import { Answered } from '../../../data/answered.tsx';
import { useQuestion } from '../../../data/use-question.ts';
import { writeNumber } from '../../../format/numbers.ts';
import { writeMoment } from '../../../format/times.ts';
import { useScope } from '../../../state/use-scope.ts';
import { Card } from '../../../ui/card.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Empty } from '../../../ui/states.tsx';
import { ClusterCard } from './cluster-card.tsx';
import { PathTable } from './path-table.tsx';

/** What the nightly job has found out about the visitors of the last 30 days, with its evidence. */
export function Patterns() {
  const { scope } = useScope();
  const input = scope.siteId ? { siteId: scope.siteId } : {};
  const patterns = useQuestion(['patterns.latest', input], (client, signal) =>
    client.patterns.latest.query(input, { signal }),
  );
  return (
    <Answered question={patterns} loading={<Skeleton className="h-96 w-full" />}>
      {({ latest }) =>
        latest ? (
          <Found run={latest} finishedAt={latest.finishedAt} />
        ) : (
          <Card title="Patterns">
            <Empty title="Nothing yet">
              The worker looks every night, and within ten minutes of the first visitors of a site.
            </Empty>
          </Card>
        )
      }
    </Answered>
  );
}

function Found({ run, finishedAt }: { run: PatternRun; finishedAt: string }) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="text-xs text-muted-foreground">
        Of {writeNumber(run.visitors, 'count')} visitors and {writeNumber(run.sessions, 'count')} sessions of the 30
        days up to <time dateTime={finishedAt}>{writeMoment(finishedAt)}</time>, without bots.
        {!run.noClusters &&
          run.ungrouped > 0 &&
          ` ${writeNumber(run.ungrouped, 'count')} of the visitors behave like hardly anybody else and are in no group.`}
      </p>
      {run.noClusters ? (
        <Card title="Groups of visitors">
          <Empty title="No groups">{run.noClusters}</Empty>
        </Card>
      ) : (
        <section aria-label="Groups of visitors" className="grid grid-cols-1 gap-4 md:grid-cols-2 xl:grid-cols-3">
          {run.clusters.map((cluster) => (
            <ClusterCard key={cluster.examples[0]?.sessionId ?? cluster.name} cluster={cluster} />
          ))}
        </section>
      )}
      <PathTable paths={run.paths} />
    </div>
  );
}
