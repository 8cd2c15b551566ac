import type { EventIngestionService } from '@tallymark/analytics/ingest/service';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { PrismaClient } from '@tallymark/prisma/client';

/** What the studio's business works with. */
export interface StudioDeps {
  readonly prisma: PrismaClient;
  readonly eventIngestion: Pick<EventIngestionService<DemoPlan>, 'track'>;
  readonly now: () => Date;
}
