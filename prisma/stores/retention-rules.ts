import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const ruleRow = z.object({
  siteId: z.string(),
  eventType: z.string(),
  keepDays: z.int().nullable(),
  updatedAt: z.date(),
});
/** `*` stands for every site or every type; null days is for ever. */
export type RetentionRuleRow = z.infer<typeof ruleRow>;

export async function listRetentionRules(db: SqlExecutor): Promise<RetentionRuleRow[]> {
  const rows = await db.$queryRaw`
    SELECT site_id AS "siteId", event_type AS "eventType", keep_days AS "keepDays", updated_at AS "updatedAt"
    FROM retention_rules ORDER BY site_id, event_type`;
  return z.array(ruleRow).parse(rows);
}

export async function saveRetentionRule(db: SqlExecutor, rule: Omit<RetentionRuleRow, 'updatedAt'>): Promise<void> {
  await db.$executeRaw`
    INSERT INTO retention_rules (site_id, event_type, keep_days)
    VALUES (${rule.siteId}, ${rule.eventType}, ${rule.keepDays}::int)
    ON CONFLICT (site_id, event_type) DO UPDATE SET keep_days = excluded.keep_days, updated_at = now()`;
}

/** False when there was no such rule. */
export async function deleteRetentionRule(db: SqlExecutor, siteId: string, eventType: string): Promise<boolean> {
  const deleted = await db.$executeRaw`
    DELETE FROM retention_rules WHERE site_id = ${siteId} AND event_type = ${eventType}`;
  return deleted === 1;
}
