import { type AuditEntry, auditEntry } from '@tallymark/contract/audit';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const entryRow = auditEntry.extend({
  id: z.bigint().transform(String),
  at: z.date().transform((at) => at.toISOString()),
});

export type NewAuditEntry = Omit<AuditEntry, 'id' | 'at'> & { readonly at: Date };

export async function insertAuditEntry(db: SqlExecutor, entry: NewAuditEntry): Promise<void> {
  const { at, userId, procedure, target, change, addressHash, correlationId } = entry;
  await db.$executeRaw`
    INSERT INTO audit_log (at, user_id, procedure, target, change, address_hash, correlation_id)
    VALUES (${at.toISOString()}::timestamptz, ${userId}, ${procedure}, ${target}, ${JSON.stringify(change)}::jsonb,
      ${addressHash}, ${correlationId})`;
}

interface AuditSelection {
  readonly userId: string | null;
  /** A procedure, or what stands before its dot. */
  readonly procedure: string | null;
  /** Entries from before are gone, whether they are removed yet or not. */
  readonly since: Date;
  readonly before: string | null;
  readonly limit: number;
}

/** Newest first. */
export async function listAuditEntries(db: SqlExecutor, selection: AuditSelection): Promise<AuditEntry[]> {
  const { userId, procedure, since, before, limit } = selection;
  const rows = await db.$queryRaw`
    SELECT id, at, user_id AS "userId", procedure, target, change, address_hash AS "addressHash",
      correlation_id AS "correlationId"
    FROM audit_log
    WHERE at >= ${since.toISOString()}::timestamptz
      AND (${before}::bigint IS NULL OR id < ${before}::bigint)
      AND (${userId}::text IS NULL OR user_id = ${userId})
      AND (${procedure}::text IS NULL OR procedure = ${procedure} OR starts_with(procedure, ${procedure} || '.'))
    ORDER BY id DESC LIMIT ${limit}::int`;
  return z.array(entryRow).parse(rows);
}

/** Answers how many were removed. */
export function removeAuditEntriesBefore(db: SqlExecutor, time: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM audit_log WHERE at < ${time.toISOString()}::timestamptz`;
}
