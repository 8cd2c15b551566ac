'use client';
import type { PathNode, PathsInput } from '@tallymark/contract/reports/paths';
import { type ChartNode, LevelChart } from '../../charts/level-chart.tsx';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeCount } from '../../format/numbers.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { LevelTables } from './level-tables.tsx';
import type { PathsAsked } from './use-paths.ts';
import { writeNode } from './write-node.ts';

type PathsResultProps = Pick<PathsAsked, 'direction' | 'of' | 'depth' | 'setAt'> & { readonly at: PathsInput['at'] };

/** Where sessions go, or come from, as a chart and in numbers. */
export function PathsResult({ at, direction, of, depth, setAt }: PathsResultProps) {
  const { scope } = useScope();
  const input = { ...scope, at, direction, of, depth };
  const paths = useQuestion(['stats.paths', input], (client, signal) => client.stats.paths.query(input, { signal }));
  const point = 'page' in at ? at.page : at.eventType;
  const label = `What comes ${direction} ${point}`;
  return (
    <Answered question={paths} loading={<Skeleton className="h-[36rem] w-full" />}>
      {(answer) => (
        <div className="grid grid-cols-1 gap-4">
          <Card title={label} note={`${writeCount(answer.sessions)} sessions, each from the first time it was there`}>
            <IncompleteNote before={answer.incompleteBefore} />
            {answer.sessions === 0 ? (
              <Empty title={`No session was at ${point} in this period`}>Choose another, or a longer period.</Empty>
            ) : (
              <LevelChart
                label={label}
                levels={answer.levels.map(({ nodes }) => nodes.map((node) => chartNode(node, direction)))}
                links={answer.links}
                mirrored={direction === 'before'}
              />
            )}
            {answer.eventsWithoutSession > 0 && (
              <p className="mt-3 text-xs text-muted-foreground">
                {writeCount(answer.eventsWithoutSession)} events there belong to no session, so that they are in no
                path.
              </p>
            )}
          </Card>
          {answer.sessions > 0 && (
            <LevelTables
              answer={answer}
              onPick={(value) => setAt(of === 'pages' ? { page: value } : { eventType: value })}
            />
          )}
        </div>
      )}
    </Answered>
  );
}

const chartNode = (node: PathNode, direction: 'after' | 'before'): ChartNode => ({
  id: node.id,
  name: writeNode(node, direction),
  sessions: node.sessions,
  minor: node.kind !== 'value',
});
