import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { partitionSizes } from '@tallymark/prisma/stores/partitions';
import { countEventGroups, type GroupCount, listEventGroups } from '@tallymark/prisma/stores/retention-census';
import type { Cutoffs } from './cutoffs.ts';
import type { Month } from './month.ts';
import type { MonthPlan } from './shapes.ts';

interface MonthRules {
  readonly cutoffs: Cutoffs;
  readonly heldUntil: Date | null;
  readonly archive: boolean;
  /** Count also where nothing may go, which reads all of the month. */
  readonly countKept: boolean;
}

/** What becomes of a month that began before the newest cutoff; null when there is nothing to say about it. */
export async function planMonth(
  db: SqlExecutor,
  month: Month,
  { cutoffs, heldUntil, archive, countKept }: MonthRules,
): Promise<MonthPlan | null> {
  const { from, to, names } = month;
  const groups = cutoffs.forGroups(await listEventGroups(db, names.events));
  const inReach = !heldUntil && groups.some(({ cutoff }) => cutoff !== null && cutoff > from);
  const counts = inReach || countKept ? await countEventGroups(db, names.events, groups) : [];
  const rows = sum(counts, 'due');
  const stays = { exempt: sum(counts, 'exempt'), kept: sum(counts, 'kept') };
  // Past the default as well: before that, events may still arrive for which no rule speaks.
  const isOver = cutoffs.fallback !== null && to <= cutoffs.fallback;
  const isEmptied = groups.every(({ cutoff }) => cutoff !== null && to <= cutoff) && stays.exempt + stays.kept === 0;
  const drop = !heldUntil && isOver && isEmptied;
  if (!drop && rows === 0 && !(countKept && isOver)) return null;
  const sizes = await partitionSizes(db, Object.values(names));
  return {
    month: month.label,
    action: drop ? 'drop' : heldUntil || rows === 0 ? 'keep' : 'delete',
    rows: heldUntil ? 0 : rows,
    bytes: [...sizes.values()].reduce((total, bytes) => total + bytes, 0),
    archive: drop && archive,
    stays: heldUntil ? { ...stays, kept: stays.kept + rows } : stays,
    heldUntil,
    groups: counts.map((counted) => ({ ...counted, cutoff: cutoffs.of(counted) })),
  };
}

const sum = (counts: readonly GroupCount[], field: 'due' | 'exempt' | 'kept') =>
  counts.reduce((total, counted) => total + counted[field], 0);
