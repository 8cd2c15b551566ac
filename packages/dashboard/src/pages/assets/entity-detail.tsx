'use client';
import type { EntityAnswer } from '@tallymark/contract/reports/entities';
import type { Figure as FigureData } from '@tallymark/contract/reports/figure';
import { ArrowLeft } from 'lucide-react';
import { BarList } from '../../charts/bar-list.tsx';
import { type TileEntry, Tiles, TilesLoading } from '../../charts/tiles.tsx';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { title, words } from '../../format/words.ts';
import { useScope } from '../../state/use-scope.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Figure } from '../../ui/figure.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EntityDays } from './entity-days.tsx';
import { EntityEvents } from './entity-events.tsx';
import { factsIn, nameIn } from './entity-name.ts';
import { useAssetState, useSnapshots, useVisitors } from './use-assets.ts';

interface EntityDetailProps {
  readonly entityType: string;
  readonly entityId: string;
  readonly valued: boolean;
}

/** One entity: what it is, what happened to it, day by day and event by event. */
export function EntityDetail({ entityType, entityId, valued }: EntityDetailProps) {
  const { scope } = useScope();
  const [, setState] = useAssetState();
  const snapshot = useSnapshots(entityType, [entityId]).data?.get(entityId);
  const facts = factsIn(snapshot);
  const visitors = useVisitors(entityType).data?.get(entityId) ?? null;
  const input = { ...scope, entityType, entityId };
  const entity = useQuestion(['stats.entity', input], (client, signal) => client.stats.entity.query(input, { signal }));
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" onClick={() => void setState({ entity: null })}>
          <ArrowLeft aria-hidden /> Back to the list
        </Button>
        <div className="min-w-0">
          <h2 className="text-base font-semibold break-words">{nameIn(snapshot) ?? `One ${words(entityType)}`}</h2>
          <p className="text-xs break-all text-muted-foreground">{entityId}</p>
        </div>
      </div>
      <Answered question={entity} loading={<Loading />}>
        {(answer) => (
          <div className="grid grid-cols-1 gap-4">
            <IncompleteNote before={answer.scope.incompleteBefore} />
            <Tiles tiles={tilesOf(answer, visitors, valued)} />
            <EntityDays days={answer.days} valued={valued} />
            <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
              <Card title="By event type">
                <BarList
                  bars={answer.types.map(({ eventType, events }) => ({
                    name: title(eventType),
                    figure: events,
                    share: answer.total.events.value > 0 ? (events.value / answer.total.events.value) * 100 : 0,
                  }))}
                  unit="count"
                  of="Type"
                  counts="events"
                />
              </Card>
              <Card title="What it looked like last" note="From the snapshot of its latest event.">
                {facts.length === 0 ? (
                  <p className="text-sm text-muted-foreground">
                    {snapshot?.state === 'deleted' ? 'It was deleted since.' : 'No snapshot shows it.'}
                  </p>
                ) : (
                  <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
                    {facts.map(([name, value]) => (
                      <div key={name} className="contents">
                        <dt className="text-muted-foreground">{title(name)}</dt>
                        <dd className="break-words">{value}</dd>
                      </div>
                    ))}
                  </dl>
                )}
              </Card>
            </div>
          </div>
        )}
      </Answered>
      <EntityEvents entityType={entityType} entityId={entityId} />
    </div>
  );
}

const MOST_TILES = 4;

function tilesOf({ total, types }: EntityAnswer, visitors: FigureData | null, valued: boolean): TileEntry[] {
  const tiles = [
    { name: 'Events', value: <Figure figure={total.events} unit="count" compact />, note: 'of all types' },
    {
      name: 'Visitors',
      value: visitors ? <Figure figure={visitors} unit="count" compact /> : '–',
      note: 'with such an event',
    },
    ...(valued
      ? [{ name: 'Value', value: <Figure figure={total.value} unit="cents" compact />, note: 'of all events' }]
      : []),
    ...types.map(({ eventType, events }) => ({
      name: title(eventType),
      value: <Figure figure={events} unit="count" compact />,
      note: 'events',
    })),
  ];
  return tiles.slice(0, tiles.length >= MOST_TILES ? MOST_TILES : Math.min(2, tiles.length));
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <TilesLoading count={4} />
      <Skeleton className="h-[20.5rem] w-full" />
      <Skeleton className="h-48 w-full" />
    </div>
  );
}
