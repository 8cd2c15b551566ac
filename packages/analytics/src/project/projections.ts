import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Projection } from './projection.ts';
import { campaignsProjection } from './projections/campaigns.ts';
import { countsProjection } from './projections/counts.ts';
import { dailyProjection } from './projections/daily.ts';
import { dimensionsProjection } from './projections/dimensions.ts';
import { entitiesProjection } from './projections/entities.ts';
import { samplingProjection } from './projections/sampling.ts';
import { sessionsProjection } from './projections/sessions.ts';
import { touchesProjection } from './projections/touches.ts';
import { visitorsProjection } from './projections/visitors.ts';

/** Every read model there is. One more is one more line here, with a migration for its tables. */
export function projectionsOf(plan: TrackingPlan): readonly Projection[] {
  return [
    countsProjection,
    dimensionsProjection,
    entitiesProjection,
    campaignsProjection(plan),
    dailyProjection,
    visitorsProjection,
    samplingProjection,
    sessionsProjection,
    touchesProjection,
  ];
}
