import { uuidV7Floor } from './partitions.ts';
import type { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** The time of an id is that of its event, but for rows that a host wrote by hand, which may be off by a little. */
const SLACK_MS = 86_400_000;
const LATEST_MS = Date.UTC(10_000, 0);

/** Ids that events of a period can have: from `lowest` on, below `beyond`. Of any period, also of none there are ids of. */
export function idRange({ from, to }: Period): { readonly lowest: string; readonly beyond: string } {
  const floor = (ms: number) => uuidV7Floor(new Date(Math.min(Math.max(0, ms), LATEST_MS)));
  return { lowest: floor(from.getTime() - SLACK_MS), beyond: floor(to.getTime() + SLACK_MS) };
}

/** The same as a condition on a column: it tells the partitions that are to be read. */
export function withinIds(params: SqlParams, period: Period, column: string): string {
  const { lowest, beyond } = idRange(period);
  return `${column} >= ${params.add(lowest, 'uuid')} AND ${column} < ${params.add(beyond, 'uuid')}`;
}
