import { JOBS } from '@tallymark/contract/jobs';
import { insertAuditEntry } from '@tallymark/prisma/stores/audit-log';
import { appendLedgerDelta, readLedger } from '@tallymark/prisma/stores/ledger';
import { expect, test } from 'vitest';
import { compactLogs } from './handlers/compact-logs.ts';
import { keepPartitions } from './handlers/keep-partitions.ts';
import { handlers } from './handlers.ts';
import { openWorkers } from './test-support/worker-world.ts';

const signal = new AbortController().signal;

test('every job has a handler', async () => {
  await using world = await openWorkers();
  const { services } = world.services();
  const loaded = await Promise.all(Object.values(handlers).map((load) => load(services)));
  expect(loaded.every((handler) => typeof handler === 'function')).toBe(true);
  expect(Object.keys(handlers).sort()).toEqual(JOBS.map(({ name }) => name).sort());
});

test('keepPartitions makes the months ahead, and a second run changes nothing', async () => {
  await using world = await openWorkers();
  const { prisma, log } = world.services().services;
  const months = async () => {
    const [found] = await prisma.$queryRaw<{ months: number }[]>`
      SELECT count(*)::int AS months FROM pg_inherits WHERE inhparent = 'events'::regclass`;
    return found?.months ?? 0;
  };
  const before = await months();
  const keep = keepPartitions({ prisma, now: () => new Date('2031-03-15T12:00:00Z') });
  for (let run = 0; run < 2; run += 1) {
    await keep({}, { log, signal });
    expect(await months()).toBe(before + 4);
  }
});

test('compactLogs folds ledger rows, and their sums stay', async () => {
  await using world = await openWorkers();
  const { services } = world.services();
  const { prisma, log } = services;
  const delta = { received: 3, accepted: 2, duplicates: 0, sampled: 0, rejected: { too_large: 1 } };
  for (let n = 0; n < 5; n += 1) {
    await appendLedgerDelta(prisma, { origin: 'direct', ...delta, stored: 2, deadLettered: 0 });
  }
  const before = await readLedger(prisma);
  expect(await compactLogs(services)({}, { log, signal })).toMatchObject({ steps: 1 });
  expect(await readLedger(prisma)).toEqual(before);
  const [rows] = await prisma.$queryRaw<unknown[]>`SELECT count(*)::int AS rows FROM ledger_deltas`;
  expect(rows).toEqual({ rows: 1 });
});

test('compactLogs removes entries of the audit log that are older than a year, and no other', async () => {
  await using world = await openWorkers();
  const { prisma, log } = world.services().services;
  const enter = (at: string) => {
    const entry = { userId: 'root', procedure: at, target: null, change: null, addressHash: null, correlationId: null };
    return insertAuditEntry(prisma, { ...entry, at: new Date(at) });
  };
  for (const at of ['2024-03-15T11:59:59.999Z', '2024-03-15T12:00:00Z', '2025-03-15T11:00:00Z']) await enter(at);
  const compact = compactLogs({ prisma, now: () => new Date('2025-03-15T12:00:00Z') });
  expect(await compact({}, { log, signal })).toMatchObject({ auditRemoved: 1 });
  expect(await compact({}, { log, signal })).toMatchObject({ auditRemoved: 0 });
  const left = await prisma.auditEntry.findMany({ orderBy: { at: 'asc' } });
  expect(left.map(({ procedure }) => procedure)).toEqual(['2024-03-15T12:00:00Z', '2025-03-15T11:00:00Z']);
});
