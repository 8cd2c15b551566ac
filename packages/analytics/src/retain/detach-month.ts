import { setTimeout as pause } from 'node:timers/promises';
import {
  detachPartition,
  finalizeDetach,
  leavingPartitions,
  markLeaving,
  PARTITIONED,
  type Partitioned,
} from '@tallymark/prisma/stores/partitions';
import { type LockHolder, listLockHolders } from '@tallymark/prisma/stores/retention-holders';
import {
  isLockTimeout,
  openRetentionSession,
  type RetentionSession,
  setLockTimeout,
} from '@tallymark/prisma/stores/retention-session';
import type { RetentionRunContext } from './deps.ts';
import type { Month } from './month.ts';

const LOOK_EVERY_MS = 50;

/** Other transactions have not let go of the events within the time that a run waits. */
export class MonthInUse extends Error {
  override readonly name = 'MonthInUse';
}

/**
 * Detaches the partitions of a month. Before it begins, transactions that use the events are waited for: a detach that
 * is begun and has to wait would keep the month's own late events out. @throws MonthInUse
 */
export async function detachMonth(context: RetentionRunContext, { names }: Month): Promise<void> {
  const { prisma, config, runId } = context;
  const deadline = performance.now() + config.patienceMs;
  await waitForOthers(context, [...PARTITIONED, ...Object.values(names)], deadline);
  // Not the session that holds the lock of the run: an error here must not end that one.
  await using session = await openRetentionSession(context.databaseUrl);
  for (const table of PARTITIONED) {
    await markLeaving(prisma, names[table], runId);
    await detach(context, session, { table, name: names[table] }, deadline);
  }
}

async function waitForOthers(
  { prisma }: RetentionRunContext,
  tables: readonly string[],
  deadline: number,
): Promise<void> {
  // Those of now: transactions that begin later are not waited for, or under load there would be no end to it.
  let waiting = await listLockHolders(prisma, tables);
  while (waiting.length > 0) {
    if (performance.now() >= deadline) throw new MonthInUse(describe(waiting));
    await pause(LOOK_EVERY_MS);
    const still = new Set((await listLockHolders(prisma, tables)).map(({ transaction }) => transaction));
    waiting = waiting.filter(({ transaction }) => still.has(transaction));
  }
}

function describe(holders: readonly LockHolder[]): string {
  const names = holders.map(
    ({ pid, applicationName, since }) =>
      `${applicationName || 'unnamed'} (process ${pid}${since ? `, since ${since.toISOString()}` : ''})`,
  );
  return `open transactions use the events: ${names.join(', ')}`;
}

async function detach(
  { prisma }: RetentionRunContext,
  session: RetentionSession,
  partition: { readonly table: Partitioned; readonly name: string },
  deadline: number,
): Promise<void> {
  for (;;) {
    const leaving = await leavingPartitions(prisma);
    const state = leaving.find(({ name }) => name === partition.name)?.state;
    if (state === 'detached') return;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new MonthInUse(`${partition.name} could not be detached in time; its detach is ${state}`);
    await setLockTimeout(session, leftMs);
    try {
      if (state === 'pending') await finalizeDetach(session, partition);
      else await detachPartition(session, partition);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
    }
  }
}
