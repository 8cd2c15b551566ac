import type { EventTypeDefinition, TrackingPlan } from '@tallymark/contract/plan';

/** Types whose events are views of a page. */
export const pageViewTypes = (plan: TrackingPlan) => typesOf(plan, 'page_views');

/** Types that visitors should be brought to do. */
export const conversionTypes = (plan: TrackingPlan) => typesOf(plan, 'conversions');

const COUNTED: Readonly<Record<'page_views' | 'conversions' | 'value', (definition: EventTypeDefinition) => boolean>> =
  {
    page_views: ({ report }) => report?.page !== undefined,
    conversions: ({ conversion }) => conversion === true,
    value: ({ report }) => report?.value !== undefined,
  };

/** The types of a plan: those that add to a metric, or all of them. */
export const typesOf = (plan: TrackingPlan, metric?: keyof typeof COUNTED): string[] =>
  Object.entries(plan.types).flatMap(([type, definition]) => (!metric || COUNTED[metric](definition) ? type : []));
