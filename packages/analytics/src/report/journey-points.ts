import type { TrackingPlan } from '@tallymark/contract/plan';
import type { JourneyPoint } from '@tallymark/prisma/stores/report-journey-conditions';

/** Events of a type, on a page, or both. */
export function journeyPoint(
  plan: TrackingPlan,
  { eventType, page }: { readonly eventType?: string | undefined; readonly page?: string | undefined },
): JourneyPoint {
  return { eventTypes: eventType === undefined ? pageTypes(plan) : [eventType], page: page ?? null };
}

/** Types whose events have a page. */
export function pageTypes({ types }: TrackingPlan): string[] {
  return Object.entries(types).flatMap(([type, { report }]) => (report?.page === undefined ? [] : [type]));
}
