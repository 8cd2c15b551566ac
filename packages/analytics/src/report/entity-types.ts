import type { TrackingPlan } from '@tallymark/contract/plan';
import type { EntityTypesAnswer } from '@tallymark/contract/reports/plan';

/** What the events of a plan happen to, in its order. */
export function entityTypesOf({ types }: TrackingPlan): EntityTypesAnswer['entityTypes'] {
  const planned = Object.entries(types);
  const names = new Set(planned.flatMap(([, { entityType }]) => entityType ?? []));
  return [...names].map((entityType) => {
    const own = planned.filter(([, definition]) => definition.entityType === entityType);
    return {
      entityType,
      eventTypes: own.map(([name]) => name),
      valued: own.some(([, { report }]) => report?.value !== undefined),
    };
  });
}
