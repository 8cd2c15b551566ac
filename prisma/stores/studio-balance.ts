import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const balance = z.object({
  earnedCents: z.coerce.number().int(),
  paidCents: z.coerce.number().int(),
  balanceCents: z.coerce.number().int(),
});
export type Balance = z.infer<typeof balance>;

/** What the studio leaves to the owner of a work, in per cent of its fees. */
const OWNER_PERCENT = 70;

/** What the signed licenses of a member's works have earned, and how much of it is not paid out yet. */
export async function readBalance(db: SqlExecutor, userId: string): Promise<Balance> {
  const rows = await db.$queryRaw`
    WITH earned AS (
      SELECT coalesce(sum(l.fee_cents), 0) * ${OWNER_PERCENT}::int / 100 AS cents
      FROM licenses l JOIN ip_assets a ON a.id = l.asset_id
      WHERE a.owner_id = ${userId}::uuid AND l.signed_at IS NOT NULL
    ), paid AS (
      SELECT coalesce(sum(amount_cents), 0) AS cents FROM payouts
      WHERE recipient_id = ${userId}::uuid AND status <> 'failed'
    )
    SELECT floor(earned.cents)::text AS "earnedCents", paid.cents::text AS "paidCents",
           floor(earned.cents - paid.cents)::text AS "balanceCents"
    FROM earned, paid`;
  const [row] = z.array(balance).parse(rows);
  if (!row) throw new Error('Sums without a GROUP BY have one row.');
  return row;
}

/** The same, held until the transaction ends: nobody pays it out a second time meanwhile. */
export async function lockBalance(tx: SqlExecutor, userId: string): Promise<Balance> {
  await tx.$queryRaw`SELECT id::text FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
  return readBalance(tx, userId);
}
