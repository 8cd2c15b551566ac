import { createDeadLettersRouter, type DeadLettersContext } from '@tallymark/analytics/routers/dead-letters';
import { createEventIngestionRouter } from '@tallymark/analytics/routers/event-ingestion';
import { createJobsRouter, type JobsContext } from '@tallymark/analytics/routers/jobs';
import { createRetentionRouter, type RetentionContext } from '@tallymark/analytics/routers/retention';
import { router, type TallymarkContext } from '@tallymark/analytics/routers/trpc';
import { createWebhooksRouter, type WebhooksContext } from '@tallymark/analytics/routers/webhooks';
import type { DemoPlan } from '@tallymark/contract/demo-plan';

export const appRouter = router({
  eventIngestion: createEventIngestionRouter<DemoPlan>(),
  jobs: createJobsRouter(),
  deadLetters: createDeadLettersRouter(),
  retention: createRetentionRouter(),
  webhooks: createWebhooksRouter(),
});

/** What the procedures of all routers together find in `ctx`. */
export type AppContext = TallymarkContext & JobsContext & DeadLettersContext & RetentionContext & WebhooksContext;

export type AppRouter = typeof appRouter;
