import { createEventIngestionRouter } from '@tallymark/analytics/routers/event-ingestion';
import { router } from '@tallymark/analytics/routers/trpc';
import type { DemoPlan } from '@tallymark/contract/demo-plan';

export const appRouter = router({ eventIngestion: createEventIngestionRouter<DemoPlan>() });

export type AppRouter = typeof appRouter;
