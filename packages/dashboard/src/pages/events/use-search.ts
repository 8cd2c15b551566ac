'use client';
import { EVENT_SOURCES } from '@tallymark/contract/event-input';
import { parseAsArrayOf, parseAsString, parseAsStringEnum, useQueryStates } from 'nuqs';
import { useCallback, useState } from 'react';
import type { Client } from '../../data/client.ts';
import { useScope } from '../../state/use-scope.ts';
import { parseAsPropCondition, propsInput } from './prop-condition.ts';

export type SearchInput = Parameters<Client['events']['search']['query']>[0];

const parsers = {
  eventType: parseAsString,
  source: parseAsStringEnum([...EVENT_SOURCES]),
  service: parseAsString,
  entityType: parseAsString,
  entityId: parseAsString,
  actorId: parseAsString,
  visitorId: parseAsString,
  sessionId: parseAsString,
  /** Without a field of its own: links from patterns set it. */
  workedOutSessionId: parseAsString,
  props: parseAsArrayOf(parseAsPropCondition, ';').withDefault([]),
  order: parseAsStringEnum(['newest', 'oldest']).withDefault('newest'),
};

/**
 * What is searched for, as the URL says it. The period ends with the moment the search was asked at: pages follow one
 * another only within one and the same period. `refresh` asks anew.
 */
export function useSearch() {
  const { scope, state } = useScope();
  const [search, setSearch] = useQueryStates(parsers, { history: 'push' });
  const { props, source, order, ...texts } = search;
  const named = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null && value !== ''));
  const { from: _from, to: _to, ...rest } = scope;
  const conditions = { ...rest, ...named, ...(source && { source }), props: propsInput(props), order };
  const key = JSON.stringify([conditions, state.period, state.from, state.to]);
  const [asked, setAsked] = useState({ key, from: scope.from, to: scope.to });
  const current = asked.key === key ? asked : { key, from: scope.from, to: scope.to };
  if (current !== asked) setAsked(current);
  const refresh = useCallback(() => setAsked({ key, from: scope.from, to: scope.to }), [key, scope.from, scope.to]);
  const input = { ...conditions, from: current.from, to: current.to } as SearchInput;
  return { search, setSearch, input, refresh };
}

export type SearchState = ReturnType<typeof useSearch>['search'];
export type ChangeSearch = ReturnType<typeof useSearch>['setSearch'];
