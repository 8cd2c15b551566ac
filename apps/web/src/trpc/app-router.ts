import { createCampaignsRouter } from '@tallymark/analytics/routers/campaigns';
import { createDeadLettersRouter, type DeadLettersContext } from '@tallymark/analytics/routers/dead-letters';
import { createEventIngestionRouter } from '@tallymark/analytics/routers/event-ingestion';
import { createEventsRouter } from '@tallymark/analytics/routers/events';
import { createJobsRouter, type JobsContext } from '@tallymark/analytics/routers/jobs';
import { createMembersRouter } from '@tallymark/analytics/routers/members';
import { createOpsRouter } from '@tallymark/analytics/routers/ops';
import { createProjectionsRouter, type ProjectionsContext } from '@tallymark/analytics/routers/projections';
import type { ReportsContext } from '@tallymark/analytics/routers/report-procedure';
import { createRetentionRouter, type RetentionContext } from '@tallymark/analytics/routers/retention';
import { createStatsRouter } from '@tallymark/analytics/routers/stats';
import type { LiveContext } from '@tallymark/analytics/routers/stats-live';
import { router, type TallymarkContext } from '@tallymark/analytics/routers/trpc';
import { createWebhooksRouter, type WebhooksContext } from '@tallymark/analytics/routers/webhooks';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';

export const appRouter = router({
  eventIngestion: createEventIngestionRouter<DemoPlan>(),
  jobs: createJobsRouter(),
  deadLetters: createDeadLettersRouter(),
  retention: createRetentionRouter(),
  webhooks: createWebhooksRouter(),
  stats: createStatsRouter(),
  events: createEventsRouter(demoPlan),
  campaigns: createCampaignsRouter(),
  projections: createProjectionsRouter(),
  ops: createOpsRouter(),
  members: createMembersRouter(),
});

/** What the procedures of all routers together find in `ctx`. */
export type AppContext = TallymarkContext &
  JobsContext &
  DeadLettersContext &
  RetentionContext &
  WebhooksContext &
  ReportsContext &
  LiveContext &
  ProjectionsContext;

export type AppRouter = typeof appRouter;
