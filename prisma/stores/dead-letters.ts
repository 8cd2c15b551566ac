import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Why an event is not stored, as the latest attempt found. */
export interface DeadLetterFailure {
  /** `refused`: Postgres says no to the row. `conflict`: another event is stored under its id. */
  readonly reason: 'refused' | 'conflict';
  readonly sqlState: string | null;
  readonly message: string;
}

export interface NewDeadLetter extends DeadLetterFailure {
  readonly id: string;
  readonly eventId: string;
  readonly tenantId: string;
  readonly eventType: string;
  /** The row as JSON, UTF-8. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

export async function insertDeadLetter(db: SqlExecutor, letter: NewDeadLetter): Promise<void> {
  await db.$executeRaw`
    INSERT INTO dead_letters (id, event_id, tenant_id, event_type, reason, sql_state, message, payload)
    VALUES (${letter.id}::uuid, ${letter.eventId}::uuid, ${letter.tenantId}::uuid, ${letter.eventType},
            ${letter.reason}, ${letter.sqlState}, ${letter.message}, ${letter.payload})`;
}

export const storedDeadLetter = z.object({
  id: z.string(),
  eventId: z.string(),
  eventType: z.string().nullable(),
  reason: z.enum(['refused', 'conflict']),
  sqlState: z.string().nullable(),
  message: z.string(),
  payload: z.instanceof(Uint8Array),
  createdAt: z.date(),
  repaired: z.record(z.string(), z.unknown()).nullable(),
  repairedAt: z.date().nullable(),
  resolution: z.enum(['stored', 'merged']).nullable(),
  resolvedAt: z.date().nullable(),
  resolvedEventId: z.string().nullable(),
});
export type StoredDeadLetter = z.infer<typeof storedDeadLetter>;

/** The columns of `storedDeadLetter`, for `$queryRawUnsafe`. */
export const DEAD_LETTER_COLUMNS = `
  id, event_id AS "eventId", event_type AS "eventType", reason, sql_state AS "sqlState", message, payload,
  created_at AS "createdAt", repaired_json AS repaired, repaired_at AS "repairedAt", resolution,
  resolved_at AS "resolvedAt", resolved_event_id AS "resolvedEventId"`;

/** One letter, null where there is none. `lock` keeps it from everybody else until the transaction ends. */
export async function findDeadLetter(
  db: SqlExecutor,
  id: string,
  { lock }: { readonly lock: boolean },
): Promise<StoredDeadLetter | null> {
  const sql = `SELECT ${DEAD_LETTER_COLUMNS} FROM dead_letters WHERE id = $1::uuid${lock ? ' FOR UPDATE' : ''}`;
  const [row] = await db.$queryRawUnsafe<unknown[]>(sql, id);
  return row === undefined ? null : storedDeadLetter.parse(row);
}
