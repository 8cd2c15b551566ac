import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { FACTS } from '@tallymark/prisma/stores/projections';
import { restartComparison } from '@tallymark/prisma/stores/rebuilds';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import type { Logger } from 'pino';

/** Of the fold of events into facts. */
export const FACTS_VERSION = 1;

/**
 * Has every fact compared with its event, from the first one on, also where a comparison is under way. Those that
 * retention has removed the events of stay as they are.
 */
export async function compareAllFacts(db: SqlExecutor, log: Logger, reason: string): Promise<void> {
  await restartComparison(db, { projection: FACTS, version: FACTS_VERSION, floor: await retentionFloor(db) });
  log.info({ reason }, 'all events are compared with what is counted');
}
