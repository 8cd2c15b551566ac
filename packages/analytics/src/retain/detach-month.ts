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
import { lockFactWriter } from '@tallymark/prisma/stores/retention-uncounted';
import type { RetentionRunContext } from './deps.ts';
import type { Month } from './month.ts';
import { MonthUncounted, whyUncounted } from './uncounted.ts';

const LOOK_EVERY_MS = 50;

/** Other transactions have not let go of the events within the time that a run waits. */
export class MonthInUse extends Error {
  override readonly name = 'MonthInUse';
}

/**
 * Detaches the partitions of a month. Before it begins, transactions that use the events are waited for: a detach that
 * is begun and has to wait would keep the month's own late events out.
 *
 * Facts go first. Without them, whoever folds sees that the month is leaving and waits; without its events, it would look
 * as if they had been erased, and what was counted would be taken back. @throws MonthInUse, MonthUncounted
 */
export async function detachMonth(context: RetentionRunContext, month: Month): Promise<void> {
  const { config } = context;
  const { names } = month;
  const deadline = performance.now() + config.patienceMs;
  await waitForOthers(context, [...PARTITIONED, ...Object.values(names)], deadline);
  // Not the session that holds the lock of the run: an error here must not end that one.
  await using session = await openRetentionSession(context.databaseUrl);
  await detachFacts(context, session, month, deadline);
  for (const table of ['attribution', 'events'] as const) {
    await detach(context, session, { table, name: names[table] }, deadline);
  }
}

/** With the fact writer locked: facts that come while they are detached would be passed over by every read model. */
async function detachFacts(
  context: RetentionRunContext,
  session: RetentionSession,
  month: Month,
  deadline: number,
): Promise<void> {
  // Locks nothing but that: a detach waits for the end of every transaction that has used the facts.
  await using lock = await openRetentionSession(context.databaseUrl);
  await setLockTimeout(lock, Math.max(1, deadline - performance.now()));
  await lock.$executeRawUnsafe('BEGIN');
  await lockFactWriter(lock).catch((cause: unknown) => {
    if (!isLockTimeout(cause)) throw cause;
    throw new MonthInUse('events were being counted all the time', { cause });
  });
  const uncounted = await whyUncounted(context.prisma, month);
  if (uncounted !== null) throw new MonthUncounted(uncounted);
  await detach(context, session, { table: 'event_facts', name: month.names.event_facts }, deadline);
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
  { prisma, runId }: RetentionRunContext,
  session: RetentionSession,
  partition: { readonly table: Partitioned; readonly name: string },
  deadline: number,
): Promise<void> {
  await markLeaving(prisma, partition.name, runId);
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
