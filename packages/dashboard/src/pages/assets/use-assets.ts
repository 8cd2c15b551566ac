'use client';
import type { EntitiesAnswer } from '@tallymark/contract/reports/entities';
import type { Figure } from '@tallymark/contract/reports/figure';
import { parseAsString, useQueryStates } from 'nuqs';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';

/** Rows asked for: what is searched and put in order on the page. */
export const MOST_ROWS = 100;
const MOST_VISITED = 1_000;

const parsers = {
  type: parseAsString,
  /** `events`, `value`, `visitors`, or the name of an event type. */
  sort: parseAsString.withDefault('events'),
  search: parseAsString.withDefault(''),
  /** The one that is open. */
  entity: parseAsString,
};

export const useAssetState = () => useQueryStates(parsers, { history: 'push' });

/** The kinds of things that the plan's events happen to. */
export const useEntityTypes = (siteId?: string) =>
  useQuestion(['entities.types', siteId], (client, signal) =>
    client.entities.types.query({ ...(siteId && { siteId }) }, { signal }),
  );

export function useEntities(entityType: string, sort: string) {
  const { scope } = useScope();
  const ofType = sort === 'events' || sort === 'value' || sort === 'visitors' ? undefined : sort;
  const input = {
    ...scope,
    entityType,
    sort: sort === 'value' ? ('value' as const) : ('events' as const),
    ...(ofType && { eventType: ofType }),
    limit: MOST_ROWS,
  };
  return useQuestion(['stats.entities', input], (client, signal) => client.stats.entities.query(input, { signal }));
}

/** Visitors by entity. Counted from events one by one, so that a long period may be refused. */
export function useVisitors(entityType: string) {
  const { scope } = useScope();
  const input = { ...scope, by: `entity:${entityType}` as const, metric: 'visitors' as const, limit: MOST_VISITED };
  return useQuestion(['stats.breakdown', input], async (client, signal) => {
    const { rows } = await client.stats.breakdown.query(input, { signal });
    return new Map(
      rows.flatMap(({ name, value, error }): [string, Figure][] => (name ? [[name, { value, error }]] : [])),
    );
  });
}

/** What they are called, as their last snapshots show them. */
export function useSnapshots(entityType: string, entityIds: readonly string[]) {
  const { scope } = useScope();
  const { siteId } = scope;
  const ids = [...entityIds].sort();
  return useQuestion(
    ['entities.snapshots', siteId, entityType, ids],
    async (client, signal) => {
      const input = { ...(siteId && { siteId }), entityType, entityIds: ids };
      const { entities } = await client.entities.snapshots.query(input, { signal });
      return new Map(entities.map(({ entityId, snapshot }) => [entityId, snapshot]));
    },
    { enabled: ids.length > 0 },
  );
}

export type EntityRow = EntitiesAnswer['rows'][number];
