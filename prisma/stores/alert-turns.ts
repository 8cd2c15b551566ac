import type { SqlExecutor } from '../sql-executor.ts';

/** Takes the lease of all rules where nobody has it, or renews it for who has. False: somebody else evaluates. */
export async function claimAlertTurn(
  db: SqlExecutor,
  { lease, leaseMs }: { readonly lease: string; readonly leaseMs: number },
): Promise<boolean> {
  const updated = await db.$executeRaw`
    UPDATE alert_turns
    SET lease = ${lease}::uuid, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    WHERE id = 1 AND (lease = ${lease}::uuid OR leased_until IS NULL OR leased_until < clock_timestamp())`;
  return updated === 1;
}

/** Lets the next process have it at once. */
export async function releaseAlertTurn(db: SqlExecutor, lease: string): Promise<void> {
  await db.$executeRaw`UPDATE alert_turns SET lease = NULL, leased_until = NULL WHERE lease = ${lease}::uuid`;
}
