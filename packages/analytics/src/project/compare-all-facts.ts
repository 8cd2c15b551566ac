import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { FACTS } from '@tallymark/prisma/stores/projections';
import { requestRebuild } from '@tallymark/prisma/stores/rebuilds';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import type { Logger } from 'pino';

/** Has every fact compared with its event. Those that retention has removed the events of stay as they are. */
export async function compareAllFacts(db: SqlExecutor, log: Logger, reason: string): Promise<void> {
  const requested = await requestRebuild(db, { projection: FACTS, floor: await retentionFloor(db) });
  if (requested !== null) log.info({ reason }, 'all events are compared with what is counted');
}
