import type { EventRow } from '@tallymark/contract/event-row';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { insertDeadLetter } from '@tallymark/prisma/stores/dead-letters';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import type { RowOutcome } from './store-rows.ts';

type Undeliverable = Exclude<RowOutcome, { kind: 'stored' | 'merged' }>;

/** Keeps an accepted event that cannot become a row, whole, where it can be read, repaired and sent again. */
export async function deadLetter(db: SqlExecutor, row: EventRow, outcome: Undeliverable, now: Date): Promise<void> {
  const refused = outcome.kind === 'refused';
  await insertDeadLetter(db, {
    id: uuidV7(now.getTime()),
    eventId: row.id,
    tenantId: row.tenantId,
    eventType: row.eventType,
    reason: refused ? 'refused' : 'conflict',
    sqlState: refused ? outcome.sqlState : null,
    message: refused ? outcome.message : 'Another event with other content is stored under this id.',
    payload: new TextEncoder().encode(JSON.stringify(row)),
  });
}
