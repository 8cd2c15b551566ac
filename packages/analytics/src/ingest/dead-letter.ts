import type { EventRow } from '@tallymark/contract/event-row';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { type DeadLetterFailure, insertDeadLetter } from '@tallymark/prisma/stores/dead-letters';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import type { RowOutcome } from './store-rows.ts';

type Undeliverable = Exclude<RowOutcome, { kind: 'stored' | 'merged' }>;

/** Keeps an accepted event that cannot become a row, whole, where it can be read, repaired and sent again. */
export async function deadLetter(db: SqlExecutor, row: EventRow, outcome: Undeliverable, now: Date): Promise<void> {
  await insertDeadLetter(db, {
    id: uuidV7(now.getTime()),
    eventId: row.id,
    tenantId: row.tenantId,
    eventType: row.eventType,
    ...describeFailure(outcome),
    payload: new TextEncoder().encode(JSON.stringify(row)),
  });
}

/** Why a row is not stored, as a letter tells it. */
export function describeFailure(outcome: Undeliverable): DeadLetterFailure {
  if (outcome.kind === 'refused') {
    return { reason: 'refused', sqlState: outcome.sqlState, message: outcome.message };
  }
  const message = 'Another event with other content is stored under this id.';
  return { reason: 'conflict', sqlState: null, message };
}
