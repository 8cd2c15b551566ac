'use client';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeMoment } from '../../format/times.ts';
import { title } from '../../format/words.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';

const SHOWN = 10;
const head = 'py-2 pr-4 text-left text-xs text-muted-foreground';

/** The latest events of an entity, as they are stored. */
export function EntityEvents({ entityType, entityId }: { entityType: string; entityId: string }) {
  const { scope } = useScope();
  const input = { ...scope, entityType, entityId, limit: SHOWN };
  const search = useQuestion(['events.search', input], (client, signal) =>
    client.events.search.query(input, { signal }),
  );
  return (
    <Card title="Latest events" note="Of the period, the newest first.">
      <Answered question={search} loading={<Skeleton className="h-48 w-full" />}>
        {({ events }) =>
          events.length === 0 ? (
            <Empty title="No event in this period" />
          ) : (
            <ScrollRegion wide label="Latest events">
              <table className="text-sm" aria-label="Latest events">
                <thead>
                  <tr className="border-b">
                    <th scope="col" className={head}>
                      When
                    </th>
                    <th scope="col" className={head}>
                      Event
                    </th>
                    <th scope="col" className={head}>
                      Visitor
                    </th>
                    <th scope="col" className={head}>
                      Props
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {events.map(({ id, occurredAt, eventType, visitorId, props }) => (
                    <tr key={id} className="border-b align-top last:border-0">
                      <td className="py-1.5 pr-4 whitespace-nowrap">{writeMoment(occurredAt)}</td>
                      <th scope="row" className="py-1.5 pr-4 text-left whitespace-nowrap">
                        {title(eventType)}
                      </th>
                      <td className="max-w-32 truncate py-1.5 pr-4 text-muted-foreground">{visitorId ?? '–'}</td>
                      <td className="py-1.5 font-mono text-xs break-words">{JSON.stringify(props)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollRegion>
          )
        }
      </Answered>
    </Card>
  );
}
