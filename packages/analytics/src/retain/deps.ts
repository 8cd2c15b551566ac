import type { PrismaClient } from '@tallymark/prisma/client';
import { listRetentionRules } from '@tallymark/prisma/stores/retention-rules';
import type { Logger } from 'pino';
import type { RetentionConfig } from './config.ts';
import { Cutoffs, type KeepRule } from './cutoffs.ts';

export interface RetentionDeps {
  readonly prisma: PrismaClient;
  /** For the connections of its own that a run needs: locks that last, COPY, and DDL outside of transactions. */
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly config: RetentionConfig;
}

/** What the parts of one run share. */
export interface RetentionRunContext extends RetentionDeps {
  readonly runId: string;
  /** The moment that all cutoffs of the run are counted from. */
  readonly at: Date;
  readonly signal: AbortSignal | undefined;
}

/** By the rules of this moment: one that was set while a run is under way already protects what it speaks of. */
export async function readCutoffs({ prisma, config }: RetentionDeps, at: Date, also?: KeepRule): Promise<Cutoffs> {
  // The later one of a site and type counts.
  return new Cutoffs([...(await listRetentionRules(prisma)), ...(also ? [also] : [])], config.cleanupOlderThan, at);
}
