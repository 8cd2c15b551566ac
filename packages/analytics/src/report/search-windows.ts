import type { EventPlace, SearchWindow } from '@tallymark/prisma/stores/report-search';
import {
  asksFacts,
  type EventConditions,
  isLookup,
  type SearchPeriod,
} from '@tallymark/prisma/stores/report-search-conditions';

export interface SearchPace {
  /** How far the first look reaches. */
  readonly firstMs: number;
  /** What a look should take; the next reaches as far as it may. */
  readonly lookMs: number;
  /** After which no further look is begun. */
  readonly budgetMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_GROWTH = 8;

/**
 * How a search goes through its period: look by look from the near end on, since nobody knows how rare its events are. What
 * an index has in the order of time is looked up months at a time.
 */
export function paceOf(asked: EventConditions): SearchPace {
  return { firstMs: isInOrder(asked) ? 64 * DAY_MS : 6 * HOUR_MS, lookMs: 500, budgetMs: 1_500 };
}

/** Whether nothing that is read has to be left out. */
function isInOrder(asked: EventConditions): boolean {
  const { eventTypes, source, service, entityType, entityId, actorId, props } = asked;
  if (props.length > 0) return false;
  if (isLookup(asked)) return true;
  const ofOneType = eventTypes === null || eventTypes.length === 1;
  const named = [source, entityType, entityId, actorId].some((value) => value !== null);
  return ofOneType && !named && !asksFacts(asked) && (eventTypes === null || service === null);
}

/** Lies before every id of the same time. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What is left of a period for events behind a place. */
export function restOf(period: SearchPeriod, order: SearchWindow['order'], after: EventPlace | null): SearchPeriod {
  if (after === null) return period;
  const at = after.occurredAt.getTime();
  const clipped = (ms: number) => new Date(Math.min(Math.max(ms, period.from.getTime()), period.to.getTime()));
  // Events of the very same time may be behind it.
  return order === 'newest' ? { from: period.from, to: clipped(at + 1) } : { from: clipped(at), to: period.to };
}

/** The near end of a period, at most so long, and what is left behind it. */
export function cutOff(
  rest: SearchPeriod,
  order: SearchWindow['order'],
  ms: number,
): { readonly look: SearchPeriod; readonly left: SearchPeriod } {
  const length = Math.min(Math.max(1, Math.round(ms)), rest.to.getTime() - rest.from.getTime());
  if (order === 'newest') {
    const edge = new Date(rest.to.getTime() - length);
    return { look: { from: edge, to: rest.to }, left: { from: rest.from, to: edge } };
  }
  const edge = new Date(rest.from.getTime() + length);
  return { look: { from: rest.from, to: edge }, left: { from: edge, to: rest.to } };
}

/** The place that everything left of a search lies behind. */
export const edgeOf = (left: SearchPeriod, order: SearchWindow['order']): EventPlace => ({
  occurredAt: order === 'newest' ? left.to : left.from,
  id: FIRST_ID,
});

/** How far the next look reaches, after one of `ms` of the period took so long. Never less than the first. */
export function nextReach(ms: number, tookMs: number, { firstMs, lookMs }: SearchPace): number {
  return Math.max(firstMs, ms * Math.min(MOST_GROWTH, lookMs / Math.max(tookMs, 1)));
}

export const isEmpty = ({ from, to }: SearchPeriod) => from >= to;
