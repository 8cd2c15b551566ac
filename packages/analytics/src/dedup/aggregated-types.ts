import type { TrackingPlan } from '@tallymark/contract/plan';

/** Event types whose rows stand for several events: their repeats are counted, so none of them is a duplicate. */
export function aggregatedTypes(plan: TrackingPlan): string[] {
  return Object.entries(plan.types).flatMap(([name, { aggregate }]) => (aggregate === true ? name : []));
}
