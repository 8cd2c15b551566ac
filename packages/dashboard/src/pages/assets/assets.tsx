'use client';
import type { EntitiesAnswer } from '@tallymark/contract/reports/entities';
import { exact } from '@tallymark/contract/reports/figure';
import type { EntityTypesAnswer } from '@tallymark/contract/reports/plan';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { type TileEntry, Tiles, TilesLoading } from '../../charts/tiles.tsx';
import { Answered } from '../../data/answered.tsx';
import { title, words } from '../../format/words.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { Figure } from '../../ui/figure.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { EntityDetail } from './entity-detail.tsx';
import { EntityTable } from './entity-table.tsx';
import { useAssetState, useEntities, useEntityTypes } from './use-assets.ts';

/** The host's own entities, and what happened to them. */
export function Assets() {
  const { scope } = useScope();
  const types = useEntityTypes(scope.siteId);
  return (
    <Answered question={types} loading={<Loading />}>
      {({ entityTypes }) =>
        entityTypes.length === 0 ? (
          <Empty title="The tracking plan names no entities">
            Give event types an entityType, and an entityId to their events.
          </Empty>
        ) : (
          <OfType entityTypes={entityTypes} />
        )
      }
    </Answered>
  );
}

function OfType({ entityTypes }: EntityTypesAnswer) {
  const [{ type, entity }] = useAssetState();
  const picked = entityTypes.find(({ entityType }) => entityType === type) ?? entityTypes[0];
  if (!picked) return null;
  if (entity) return <EntityDetail entityType={picked.entityType} entityId={entity} valued={picked.valued} />;
  return <Entities picked={picked} entityTypes={entityTypes} />;
}

interface EntitiesProps extends EntityTypesAnswer {
  readonly picked: EntityTypesAnswer['entityTypes'][number];
}

function Entities({ picked: { entityType, valued }, entityTypes }: EntitiesProps) {
  const [{ sort }, setState] = useAssetState();
  const entities = useEntities(entityType, sort);
  const options = entityTypes.map((one) => ({ value: one.entityType, label: words(one.entityType) }));
  return (
    <div className="grid grid-cols-1 gap-4">
      <Answered question={entities} loading={<TilesLoading count={4} />}>
        {(answer) => (
          <>
            <IncompleteNote before={answer.scope.incompleteBefore} />
            <Tiles tiles={tilesOf(answer, entityType, valued)} />
          </>
        )}
      </Answered>
      <Card
        title={title(entityType)}
        actions={
          <div className="flex flex-wrap items-center gap-2">
            <SearchField onOpen={(id) => void setState({ entity: id })} />
            <Select
              label="Kind of entity"
              value={entityType}
              options={options}
              onChange={(type) => void setState({ type, sort: null, search: null })}
            />
          </div>
        }
      >
        <Answered question={entities} loading={<Skeleton className="h-96 w-full" />}>
          {(answer) => <EntityTable answer={answer} entityType={entityType} valued={valued} />}
        </Answered>
      </Card>
    </div>
  );
}

function tilesOf({ total, types }: EntitiesAnswer, entityType: string, valued: boolean): TileEntry[] {
  const ofTypes = types.map(({ eventType, events }) => ({
    name: title(eventType),
    value: <Figure figure={events} unit="count" compact />,
    note: 'events',
  }));
  const worth = { name: 'Value', value: <Figure figure={total.value} unit="cents" compact />, note: 'of all events' };
  const fixed = [
    {
      name: 'Entities',
      value: <Figure figure={exact(total.entities)} unit="count" compact />,
      note: `of type ${words(entityType)}, with an event`,
    },
    { name: 'Events', value: <Figure figure={total.events} unit="count" compact />, note: 'of all types' },
    ...(valued ? [worth] : []),
  ];
  const all = [...fixed, ...ofTypes];
  return all.slice(0, all.length >= 8 ? 8 : all.length >= 4 ? 4 : 2);
}

/** Types into the address only when it rests; Enter opens a whole id, also of what is not in the list. */
function SearchField({ onOpen }: { onOpen: (id: string) => void }) {
  const [{ search }, setState] = useAssetState();
  const [text, setText] = useState(search);
  return (
    <form
      className="relative"
      onSubmit={(event) => {
        event.preventDefault();
        const id = text.trim();
        if (/^\S{16,}$/.test(id)) onOpen(id);
      }}
    >
      <Search className="absolute top-2 left-2 size-4 text-muted-foreground" aria-hidden />
      <input
        type="search"
        aria-label="Find by name or id"
        placeholder="Name or id"
        className="h-8 w-48 rounded-md border bg-card pr-2 pl-8 text-sm"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          void setState({ search: target.value || null }, { history: 'replace', throttleMs: 300 });
        }}
      />
    </form>
  );
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <TilesLoading count={4} />
      <Skeleton className="h-[28rem] w-full" />
    </div>
  );
}
