import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { Logger } from 'pino';
import type { PlanFacts } from './plan-facts.ts';

export interface FactDeps {
  readonly prisma: PrismaClient;
  readonly plan: TrackingPlan;
  readonly facts: PlanFacts;
  readonly log: Logger;
  readonly now: () => Date;
  /** How long events wait for their enrichment before they count without it; null where nothing is enriched. */
  readonly enrichmentPatienceMs: number | null;
  /** Events in one fold. */
  readonly eventsAtOnce: number;
}
