import type { TrackingPlan } from '@tallymark/contract/plan';
import { type AlertsContext, createAlertsRouter } from './alerts.ts';
import { createAuditRouter } from './audit.ts';
import { createCampaignsRouter } from './campaigns.ts';
import { createDeadLettersRouter, type DeadLettersContext } from './dead-letters.ts';
import { createEntitiesRouter } from './entities.ts';
import { createEventIngestionRouter } from './event-ingestion.ts';
import { createEventsRouter } from './events.ts';
import { createJobsRouter, type JobsContext } from './jobs.ts';
import { createMembersRouter } from './members.ts';
import { createOpsRouter } from './ops.ts';
import { createPatternsRouter } from './patterns.ts';
import { createPipelineRouter } from './pipeline.ts';
import { createPlanRouter } from './plan.ts';
import { createProjectionsRouter, type ProjectionsContext } from './projections.ts';
import type { ReportsContext } from './report-procedure.ts';
import { createRetentionRouter, type RetentionContext } from './retention.ts';
import { createSamplingRouter } from './sampling.ts';
import { createSitesRouter } from './sites.ts';
import { createStatsRouter } from './stats.ts';
import type { LiveContext } from './stats-live.ts';
import { type AuditContext, router, type TallymarkContext } from './trpc.ts';
import { createWebhooksRouter, type WebhooksContext } from './webhooks.ts';

/** All of Tallymark's procedures, typed by the plan: what a host mounts, alone or among its own. */
export function createTallymarkRouter<Plan extends TrackingPlan>(plan: Plan) {
  return router({
    eventIngestion: createEventIngestionRouter<Plan>(),
    jobs: createJobsRouter(),
    deadLetters: createDeadLettersRouter(),
    retention: createRetentionRouter(),
    webhooks: createWebhooksRouter(),
    stats: createStatsRouter(),
    events: createEventsRouter(plan),
    campaigns: createCampaignsRouter(),
    projections: createProjectionsRouter(),
    ops: createOpsRouter(),
    patterns: createPatternsRouter(),
    pipeline: createPipelineRouter(),
    plan: createPlanRouter(),
    entities: createEntitiesRouter(),
    members: createMembersRouter(),
    sites: createSitesRouter(),
    sampling: createSamplingRouter(),
    audit: createAuditRouter(),
    alerts: createAlertsRouter(),
  });
}

export type TallymarkRouter<Plan extends TrackingPlan = TrackingPlan> = ReturnType<typeof createTallymarkRouter<Plan>>;

/** What the procedures of all routers together find in `ctx`. */
export type TallymarkRouterContext = TallymarkContext &
  JobsContext &
  DeadLettersContext &
  RetentionContext &
  WebhooksContext &
  ReportsContext &
  LiveContext &
  AuditContext &
  AlertsContext &
  ProjectionsContext;
