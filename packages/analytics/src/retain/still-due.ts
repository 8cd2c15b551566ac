import type { EventGroup, GroupCutoff } from '@tallymark/prisma/stores/retention-census';
import { type RetentionRunContext, readCutoffs } from './deps.ts';
import type { MonthPlan } from './shapes.ts';

/**
 * The cutoffs of the plan, or older ones by the rules of this moment. A rule that became shorter meanwhile is for the next
 * run: this one has said how far it goes, and read models rely on that. So are groups that the plan has not seen.
 */
export async function stillDue(
  context: RetentionRunContext,
  plan: MonthPlan,
  groups: readonly EventGroup[],
): Promise<GroupCutoff[]> {
  const planned = new Map(plan.groups.map((group) => [keyOf(group), group.cutoff]));
  const current = (await readCutoffs(context, context.at)).forGroups(groups);
  return current.map((group) => ({ ...group, cutoff: older(group.cutoff, planned.get(keyOf(group)) ?? null) }));
}

const keyOf = ({ siteId, eventType }: EventGroup) => `${siteId} ${eventType}`;

/** Null is for ever. */
const older = (a: Date | null, b: Date | null) => (a === null || b === null ? null : a < b ? a : b);
