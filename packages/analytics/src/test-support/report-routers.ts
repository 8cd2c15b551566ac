import { demoPlan } from '@tallymark/contract/demo-plan';
import { createCampaignsRouter } from '../routers/campaigns.ts';
import { createEventsRouter } from '../routers/events.ts';
import { createMembersRouter } from '../routers/members.ts';
import { createOpsRouter } from '../routers/ops.ts';
import { createProjectionsRouter } from '../routers/projections.ts';
import { createStatsRouter } from '../routers/stats.ts';
import { router } from '../routers/trpc.ts';

/** Every router of the reports there is: tests that walk all questions walk these. */
export const reportRouters = () =>
  router({
    campaigns: createCampaignsRouter(),
    events: createEventsRouter(demoPlan),
    members: createMembersRouter(),
    ops: createOpsRouter(),
    projections: createProjectionsRouter(),
    stats: createStatsRouter(),
  });
