import { type BusinessAnswer, businessAnswer } from '@tallymark/contract/reports/business';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** Keeps an answer beside those before it. Of two at the same millisecond, the first stays. */
export async function insertBusinessAnswer(db: SqlExecutor, answer: BusinessAnswer): Promise<void> {
  await db.$executeRaw`
    INSERT INTO business_history (site_id, taken_at, stats)
    VALUES (${answer.siteId}::uuid, ${answer.takenAt}::timestamptz, ${JSON.stringify(answer)}::jsonb)
    ON CONFLICT (site_id, taken_at) DO NOTHING`;
}

/** Lets go of a site's answers from before a moment; returns how many. */
export async function deleteBusinessAnswersBefore(db: SqlExecutor, siteId: string, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM business_history WHERE site_id = ${siteId}::uuid AND taken_at < ${before}`;
}

/** The latest first. */
export async function listBusinessAnswers(
  db: SqlExecutor,
  siteId: string,
  { from, to, limit }: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<BusinessAnswer[]> {
  const rows = await db.$queryRaw`
    SELECT stats FROM business_history
    WHERE site_id = ${siteId}::uuid AND taken_at >= ${from}::timestamptz AND taken_at < ${to}::timestamptz
    ORDER BY taken_at DESC LIMIT ${limit}::int`;
  return z
    .array(z.object({ stats: businessAnswer }))
    .parse(rows)
    .map(({ stats }) => stats);
}
