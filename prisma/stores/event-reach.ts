import { z } from 'zod';
import type { SqlParams } from './sql-params.ts';

/** Behind the time that a statement reads events, or their facts, from on. */
const MARK = '/* events from here on */';
const MARKED = /\$(\d+)::timestamptz \/\* events from here on \*\//g;

/**
 * The place of the time from which on a statement reads events or facts one by one. These go with retention, where what was
 * counted of them stays: `reachOf` tells how far back a statement looks.
 */
export const reachingBackTo = (params: SqlParams, from: Date) =>
  `${params.add(from.toISOString(), 'timestamptz')} ${MARK}`;

/** The earliest time from which a statement reads events or facts; null for one that reads read models alone. */
export function reachOf(sql: string, parameters: readonly unknown[]): Date | null {
  const times = [...sql.matchAll(MARKED)].map(([, place]) =>
    Date.parse(z.string().parse(parameters[Number(place) - 1])),
  );
  return times.length === 0 ? null : new Date(Math.min(...times));
}
