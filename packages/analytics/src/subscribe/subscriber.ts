import type { PrismaClient } from '@tallymark/prisma/client';
import type { Logger } from 'pino';
import type { Deliver } from './delivery.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface Subscriber {
  readonly name: string;
  /** Null is all types. */
  readonly types: readonly string[] | null;
  readonly batchSize: number;
  readonly retries: RetryPolicy;
  readonly deliver: Deliver;
  /** The batch in hand is the last. */
  readonly stopping: () => boolean;
}

export interface TurnDeps {
  readonly prisma: PrismaClient;
  readonly log: Logger;
  readonly now: () => Date;
  readonly leaseMs: number;
  /** Reading and redelivery each end when they have lasted so long, so that no subscription starves the others. */
  readonly turnMs: number;
  /** Raised when the process can wait no longer: what fails then is nobody's fault. */
  readonly signal: AbortSignal;
}
