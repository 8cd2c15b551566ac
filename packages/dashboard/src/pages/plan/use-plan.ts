'use client';
import { parseAsString, parseAsStringEnum, useQueryStates } from 'nuqs';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';

export const SHOWN = ['all', 'seen', 'unseen', 'rejected'] as const;
export type Shown = (typeof SHOWN)[number];

const EVERY_MS = 30_000;

const parsers = {
  show: parseAsStringEnum<Shown>([...SHOWN]).withDefault('all'),
  search: parseAsString.withDefault(''),
  /** The type that is open. */
  type: parseAsString,
};

export const usePlanState = () => useQueryStates(parsers, { history: 'push' });

const siteOf = (siteId: string | undefined) => ({ ...(siteId && { siteId }) });

export function usePlanTypes() {
  const { siteId } = useScope().scope;
  return useQuestion(['plan.types', siteId], (client, signal) => client.plan.types.query(siteOf(siteId), { signal }), {
    everyMs: EVERY_MS,
  });
}

/** Which props the latest events of a type have. */
export function usePropsSent(eventType: string) {
  const { siteId } = useScope().scope;
  return useQuestion(['plan.propsSent', siteId, eventType], (client, signal) =>
    client.plan.propsSent.query({ ...siteOf(siteId), eventType }, { signal }),
  );
}
