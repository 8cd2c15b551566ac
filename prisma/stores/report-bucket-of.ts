import type { SqlParams } from './sql-params.ts';

/** The place of a time among starts in order, from 0 on; -1 before all of them. */
export function bucketOf(params: SqlParams, time: string, starts: readonly Date[]): string {
  const list = params.add(
    starts.map((start) => start.toISOString()),
    'text[]',
  );
  // A query of its own is worked out once: a cast of the list would be made again for every row.
  return `(width_bucket(${time}, (SELECT ${list}::timestamptz[])) - 1)`;
}
