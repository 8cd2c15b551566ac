import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { RedisClient } from '@tallymark/redis/connect';
import type { Logger } from 'pino';
import type { ReportDatabase } from './report-database.ts';

/** What questions are answered with. */
export interface ReportDeps {
  readonly reports: ReportDatabase;
  /** The primary, for the little that reports keep: segments, history. */
  readonly prisma: PrismaClient;
  /** Null where nothing is cached. */
  readonly redis: RedisClient | null;
  readonly plan: TrackingPlan;
  readonly log: Logger;
  readonly now: () => Date;
}
