'use client';
import { Answered } from '../../data/answered.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ProjectionRow } from './projection-row.tsx';
import { useProjections, useRebuilds } from './questions.ts';
import { RebuildList } from './rebuild-list.tsx';

const HEADS = ['State', 'Behind', 'Folded', 'A second', ''];

/** How far the read models are, and what can be done about one that is not right. */
export function ProjectionsCard() {
  const projections = useProjections();
  const rebuilds = useRebuilds();
  return (
    <Card
      title="Projections"
      note="Read models fold facts; facts are folded from the event log, which all others wait for."
    >
      <Answered question={projections} loading={<Skeleton className="h-96 w-full" />}>
        {({ facts, projections: all }) => (
          <>
            <p className="mb-2 text-sm">
              <span className="text-muted-foreground">Event log: </span>
              {facts.eventsBehind === 0
                ? 'read to its end'
                : `${writeCount(facts.eventsBehind)} events behind, the oldest for ${writeNumber(facts.secondsBehind, 'seconds')}`}
            </p>
            <ScrollRegion wide label="Projections">
              <table className="text-sm" aria-label="Projections">
                <thead>
                  <tr className="border-b text-xs text-muted-foreground">
                    <th scope="col" className="pb-1 text-left">
                      Projection
                    </th>
                    {HEADS.map((name, at) =>
                      name === '' ? (
                        <td key="actions" />
                      ) : (
                        <th
                          key={name}
                          scope="col"
                          className={at === 0 ? 'pb-1 pl-4 text-left' : 'pb-1 pl-4 text-right'}
                        >
                          {name}
                        </th>
                      ),
                    )}
                  </tr>
                </thead>
                <tbody>
                  {all.map((projection) => (
                    <ProjectionRow key={projection.name} projection={projection} />
                  ))}
                </tbody>
              </table>
            </ScrollRegion>
          </>
        )}
      </Answered>
      {rebuilds.data && <RebuildList rebuilds={rebuilds.data} />}
    </Card>
  );
}
