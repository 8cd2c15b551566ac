import type { SqlExecutor } from '../sql-executor.ts';

export interface NewDeadLetter {
  readonly id: string;
  readonly eventId: string;
  readonly tenantId: string;
  readonly eventType: string;
  /** `refused`: Postgres says no to the row. `conflict`: another event is stored under its id. */
  readonly reason: 'refused' | 'conflict';
  readonly sqlState: string | null;
  readonly message: string;
  /** The row as JSON, UTF-8. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

export async function insertDeadLetter(db: SqlExecutor, letter: NewDeadLetter): Promise<void> {
  await db.$executeRaw`
    INSERT INTO dead_letters (id, event_id, tenant_id, event_type, reason, sql_state, message, payload)
    VALUES (${letter.id}::uuid, ${letter.eventId}::uuid, ${letter.tenantId}::uuid, ${letter.eventType},
            ${letter.reason}, ${letter.sqlState}, ${letter.message}, ${letter.payload})`;
}
