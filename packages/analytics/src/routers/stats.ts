import { countProcedures } from './stats-counts.ts';
import { entityProcedures } from './stats-entities.ts';
import { journeyProcedures } from './stats-journeys.ts';
import { liveProcedures } from './stats-live.ts';
import { segmentProcedures } from './stats-segments.ts';
import { router } from './trpc.ts';

/** Everything that is asked of the events of a site, or of a tenant's sites. */
export function createStatsRouter() {
  return router({
    ...countProcedures(),
    ...entityProcedures(),
    ...journeyProcedures(),
    ...liveProcedures(),
    ...segmentProcedures(),
  });
}
