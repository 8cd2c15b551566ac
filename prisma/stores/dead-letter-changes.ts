import type { SqlExecutor } from '../sql-executor.ts';
import type { DeadLetterFailure } from './dead-letters.ts';

// What is told of a letter after it was written. Its payload is never touched. Call them with the letter locked.

/** Keeps the row as somebody repaired it, in place of an earlier repair. `row` is JSON. */
export async function storeRepair(db: SqlExecutor, id: string, row: string, at: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE dead_letters SET repaired_json = ${row}::jsonb, repaired_at = ${at.toISOString()}::timestamptz
    WHERE id = ${id}::uuid`;
}

/** The letter stays open, and says why. */
export async function storeFailure(db: SqlExecutor, id: string, failure: DeadLetterFailure): Promise<void> {
  await db.$executeRaw`
    UPDATE dead_letters SET reason = ${failure.reason}, sql_state = ${failure.sqlState}, message = ${failure.message}
    WHERE id = ${id}::uuid`;
}

export interface Resolution {
  readonly resolution: 'stored' | 'merged';
  readonly eventId: string;
  readonly at: Date;
}

/** Closes the letter, in the transaction that stores its event. False when it was closed before. */
export async function resolveDeadLetter(
  db: SqlExecutor,
  id: string,
  { resolution, eventId, at }: Resolution,
): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE dead_letters SET resolution = ${resolution}, resolved_at = ${at.toISOString()}::timestamptz,
                            resolved_event_id = ${eventId}::uuid
    WHERE id = ${id}::uuid AND resolution IS NULL`;
  return updated === 1;
}
