import { randomUUID } from 'node:crypto';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { appendEventLog } from '@tallymark/prisma/stores/event-log';
import { detachPartition, ensurePartitions, markLeaving, type Partitioned } from '@tallymark/prisma/stores/partitions';
import { openRetentionSession } from '@tallymark/prisma/stores/retention-session';
import { expect, test } from 'vitest';
import { ProjectionAdmin } from '../project/admin.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { RetentionService } from './service.ts';

const DAY = 24 * 60;
const OCTOBER = new Date('2026-10-01T00:00:00Z');
const nameOf = (table: Partitioned) => `${table}_2026_10`;

async function openOctober() {
  const world = await openReportWorld();
  await ensurePartitions(world.prisma, [OCTOBER]);
  const [id = ''] = await world.record([pageView(-20 * DAY), pageView(0)]);
  return { world, id, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

async function detach({ prisma, databaseUrl }: ReportWorld, tables: readonly Partitioned[], marked = true) {
  await using session = await openRetentionSession(databaseUrl);
  for (const table of tables) {
    if (marked) await markLeaving(prisma, nameOf(table), randomUUID());
    await detachPartition(session, { table, name: nameOf(table) });
  }
}

const figuresOf = async ({ prisma }: ReportWorld) => ({
  counts: await prisma.siteCount.findMany({ orderBy: { quarter: 'asc' } }),
  retractions: await prisma.factRetraction.count(),
});

const compareFacts = ({ prisma }: ReportWorld) => new ProjectionAdmin({ prisma, plan: demoPlan }).rebuild('facts');

test.each<{ tables: readonly Partitioned[] }>([
  { tables: ['event_facts'] },
  { tables: ['event_facts', 'attribution'] },
  // As earlier versions left it.
  { tables: ['events'] },
  { tables: ['events', 'attribution'] },
])('facts that are compared in the middle of a detach wait, and counts stay: $tables', async ({ tables }) => {
  await using october = await openOctober();
  const { world } = october;
  const before = await figuresOf(world);
  await compareFacts(world);
  await detach(world, tables);
  await expect(world.fold()).rejects.toThrow('Retention is taking 2026_10 away.');
  await ensurePartitions(world.prisma, [OCTOBER]);
  await world.fold();
  expect(await figuresOf(world)).toEqual(before);
  const [rebuild] = await new ProjectionAdmin({ prisma: world.prisma, plan: demoPlan }).rebuilds(1);
  expect(rebuild).toMatchObject({ projection: 'facts', phase: 'done', factsDiffer: 0 });
});

test('facts are not erased for events whose month was detached by hand', async () => {
  await using october = await openOctober();
  const { world } = october;
  const before = await figuresOf(world);
  await compareFacts(world);
  await detach(world, ['events'], false);
  await world.fold();
  expect(await figuresOf(world)).toEqual(before);
});

test('changes of a month that is leaving are taken in once it is put back', async () => {
  await using october = await openOctober();
  const { world, id } = october;
  await detach(world, ['event_facts']);
  await world.prisma.event.deleteMany({ where: { id } });
  await appendEventLog(world.prisma, 'erased', [id]);
  await expect(world.fold()).rejects.toThrow('Retention is taking 2026_10 away.');
  await ensurePartitions(world.prisma, [OCTOBER]);
  await world.fold();
  expect((await figuresOf(world)).counts).toMatchObject([{ events: 1 }]);
});

test('a read model is not rebuilt without the facts of a month that is leaving', async () => {
  await using october = await openOctober();
  const { world } = october;
  const before = await figuresOf(world);
  await detach(world, ['event_facts', 'attribution', 'events']);
  await new ProjectionAdmin({ prisma: world.prisma, plan: demoPlan }).rebuild('counts');
  await expect(world.fold()).rejects.toThrow('Retention is taking 2026_10 away.');
  await ensurePartitions(world.prisma, [OCTOBER]);
  await world.fold();
  expect(await figuresOf(world)).toEqual(before);
});

test('retention detaches facts first and events last', async () => {
  await using october = await openOctober();
  const { prisma, databaseUrl, clock } = october.world;
  await prisma.$executeRaw`CREATE TABLE said (number serial, command text)`;
  await prisma.$executeRaw`
    CREATE FUNCTION say() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO said (command) VALUES (current_query()); END $$`;
  await prisma.$executeRaw`
    CREATE EVENT TRIGGER say ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION say()`;
  const config = { cleanupOlderThan: { days: 14 }, archiveDir: null };
  const retention = new RetentionService({ prisma, databaseUrl, log: LOG, now: () => clock.now, config });
  expect(await retention.cleanupNow()).toMatchObject({ removed: 1, complete: true });
  const said = await prisma.$queryRaw<{ command: string }[]>`SELECT command FROM said ORDER BY number`;
  expect(said.map(({ command }) => command.replace(/^ALTER TABLE (\w+) DETACH .*$/, '$1'))).toEqual([
    'event_facts',
    'attribution',
    'events',
  ]);
});
