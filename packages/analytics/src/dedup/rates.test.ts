import { randomUUID } from 'node:crypto';
import type { Receipt } from '@tallymark/contract/receipt';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { addRates, type RateCount } from '@tallymark/prisma/stores/deduplication-rates';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { repeatable, storeAll } from '../test-support/deduplication-world.ts';
import { LOG, NOW, openWorld, viewed, whileHeld } from '../test-support/ingestion-world.ts';
import { OTHER_TYPE, RateTally } from './rate-tally.ts';
import { EventDeduplicationService } from './service.ts';

const HOUR_MS = 3_600_000;
const accepted: Receipt = { status: 'accepted', id: randomUUID() };
const eventOf = (eventType: string, clientVersion?: string) => ({
  outcome: { row: { siteId: DEFAULT_SITE_ID, eventType, ...(clientVersion === undefined ? {} : { clientVersion }) } },
});

const countOf = (more: Partial<RateCount>): RateCount => ({
  hour: new Date(Math.floor(NOW.getTime() / HOUR_MS) * HOUR_MS),
  siteId: DEFAULT_SITE_ID,
  eventType: 'asset_viewed',
  clientVersion: '',
  accepted: 0,
  duplicates: 0,
  ...more,
});

describe('the duplicate rate', () => {
  test('is that of ingest, by client version, once the service has shut down', async () => {
    await using world = await openWorld();
    const { prisma, redis } = world;
    const service = new EventDeduplicationService(prisma, redis, { now: () => NOW, alertMinimumEvents: 1 });
    const ingestion = await world.service();
    const events = [1, 2, 3].map(() => viewed());
    await ingestion.ingestBatch(events, { clientVersion: 'web/1.2.0' });
    await ingestion.ingestBatch(events.slice(1), { clientVersion: 'web/1.2.0' });
    await ingestion.ingest(viewed());
    await ingestion.ingestPublic([{ ...viewed(), eventType: 'unknown' }], {});
    await ingestion.shutdown();
    expect(await service.monitorDeduplicationRates()).toEqual({
      healthy: false,
      rate: (100 * 2) / 6,
      threshold: 10,
      sites: [
        {
          siteId: DEFAULT_SITE_ID,
          rate: (100 * 2) / 6,
          healthy: false,
          accepted: 4,
          duplicates: 2,
          worst: [{ clientVersion: 'web/1.2.0', eventType: 'asset_viewed', duplicates: 2, rate: 40 }],
        },
      ],
    });
  });

  test('leaves out repeats of senders that repeat what they are not sure of', async () => {
    await using world = await openWorld();
    const service = new EventDeduplicationService(world.prisma, world.redis, { now: () => NOW, alertMinimumEvents: 1 });
    const ingestion = await world.service();
    const events = [1, 2, 3].map((n) => ({ ...viewed(), idempotencyKey: `left behind ${n}` }));
    const queue = { unprovenActor: 'leave_out' as const };
    await ingestion.ingestPublic(events, queue);
    expect(await ingestion.ingestPublic(events, queue)).toMatchObject(events.map(() => ({ status: 'duplicate' })));
    await ingestion.shutdown();
    expect(await service.monitorDeduplicationRates()).toMatchObject({
      healthy: true,
      rate: 0,
      sites: [{ accepted: 3 }],
    });
  });

  test('takes in what a run marks, as far as it was received, and gives it back', async () => {
    await using world = await openWorld();
    const { prisma, redis } = world;
    await (await world.service()).shutdown();
    const service = new EventDeduplicationService(prisma, redis, { now: () => NOW });
    const clientVersion = 'web/1';
    const rows = [4_000, 3_500, 3_400].map((ms) => repeatable(ms, { clientVersion, receivedAt: NOW.toISOString() }));
    const imported = [2_000, 1_500].map((ms) => repeatable(ms, { eventType: 'license_viewed' }));
    // Of these three, only one was counted at ingest.
    const partly = [2_000, 1_500, 1_400].map((ms) =>
      repeatable(ms, { eventType: 'project_created', receivedAt: NOW.toISOString() }),
    );
    await storeAll(prisma, [...rows, ...imported, ...partly]);
    const siteId = DEFAULT_TENANT_ID;
    await prisma.$executeRaw`UPDATE events SET site_id = ${siteId}::uuid WHERE event_type = 'project_created'`;
    await addRates(prisma, [
      countOf({ clientVersion, accepted: 3 }),
      countOf({ siteId, eventType: 'project_created', accepted: 1 }),
    ]);
    const sums = async () => {
      const { sites } = await service.monitorDeduplicationRates();
      return sites.map(({ accepted, duplicates }) => ({ accepted, duplicates }));
    };
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 5 });
    const one = { accepted: 0, duplicates: 1 };
    expect(await sums()).toEqual([one, { accepted: 1, duplicates: 2 }]);
    expect(await service.runDatabaseDeduplication(24)).toMatchObject({ marked: 0 });
    expect(await sums()).toEqual([one, { accepted: 1, duplicates: 2 }]);
    await service.revertDeduplication({ eventIds: [rows[1]?.id ?? '', ...partly.map(({ id }) => id)] });
    expect(await sums()).toEqual([
      { accepted: 1, duplicates: 0 },
      { accepted: 2, duplicates: 1 },
    ]);
  });

  test('is judged site by site, with enough events, of the hours asked for', async () => {
    await using world = await openWorld();
    const { prisma, redis } = world;
    const [bad = '', few = '', old = ''] = ['11', '12', '13'].map((n) => `00000000-0000-7000-8000-0000000000${n}`);
    await addRates(prisma, [
      countOf({ siteId: bad, accepted: 800, duplicates: 70 }),
      countOf({ siteId: bad, accepted: 10, duplicates: 20, clientVersion: 'b' }),
      countOf({ siteId: bad, duplicates: 8, clientVersion: 'c' }),
      countOf({ siteId: bad, duplicates: 6, clientVersion: 'd' }),
      countOf({ siteId: few, accepted: 49, duplicates: 50 }),
      countOf({ siteId: old, duplicates: 500, hour: new Date(NOW.getTime() - 25 * HOUR_MS) }),
      countOf({ accepted: 900, duplicates: 100 }),
    ]);
    const options = { now: () => new Date(NOW.getTime() + 1) };
    const service = new EventDeduplicationService(prisma, redis, options);
    const { healthy, sites } = await service.monitorDeduplicationRates();
    expect(healthy).toBe(false);
    expect(sites.map(({ siteId, healthy, rate }) => [siteId, healthy, Math.round(rate)])).toEqual(
      [
        [bad, false, 11],
        [few, true, 51],
        [DEFAULT_SITE_ID, true, 10],
      ].toSorted(),
    );
    const { worst } = sites.find(({ siteId }) => siteId === bad) ?? { worst: [] };
    expect(worst.map(({ clientVersion, duplicates }) => [clientVersion, duplicates])).toEqual([
      [null, 70],
      ['b', 20],
      ['c', 8],
    ]);
    expect((await service.monitorDeduplicationRates({ hours: 25 })).sites).toHaveLength(4);
    const lenient = new EventDeduplicationService(prisma, redis, { ...options, alertPercent: 12 });
    expect(await lenient.monitorDeduplicationRates()).toMatchObject({ healthy: true, threshold: 12 });
  });
});

describe('the tally', () => {
  test('adds to Postgres by itself, what other instances counted included', async () => {
    await using world = await openWorld();
    const { prisma } = world;
    const tallies = [1, 2].map(() => new RateTally({ store: prisma, log: LOG, flushEveryMs: 10 }));
    for (let round = 0; round < 20; round++) {
      for (const [n, tally] of tallies.entries()) {
        const types = n === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a'];
        tally.count(
          types.map((type) => eventOf(type)),
          types.map(() => accepted),
          NOW,
        );
      }
      if (round === 0) await eventually(async () => (await prisma.deduplicationRate.count()) === 3);
    }
    await Promise.all(tallies.map((tally) => tally.close()));
    const rows = await prisma.deduplicationRate.findMany({ orderBy: { eventType: 'asc' } });
    expect(rows.map(({ eventType, accepted }) => [eventType, Number(accepted)])).toEqual([
      ['a', 40],
      ['b', 40],
      ['c', 40],
    ]);
  });

  test('holds a bounded number of keys, and then sums up', async () => {
    await using world = await openWorld();
    const { prisma } = world;
    const tally = new RateTally({ store: prisma, log: LOG });
    for (let n = 0; n < 10_000; n++) tally.count([eventOf(`type_${n}`, `v${n}`)], [accepted], NOW);
    await tally.close();
    expect(await prisma.deduplicationRate.count()).toBe(4_001);
    const other = await prisma.deduplicationRate.findMany({ where: { eventType: OTHER_TYPE } });
    expect(other.map(({ accepted }) => Number(accepted))).toEqual([6_000]);
  });

  test('keeps what Postgres does not take, and takes no version that Postgres would refuse', async () => {
    await using world = await openWorld();
    const { prisma } = world;
    const tally = new RateTally({ store: prisma, log: LOG });
    tally.count([eventOf('a', 'x\0y'), eventOf('a', 'x'.repeat(101))], [accepted, accepted], NOW);
    await prisma.$executeRaw`ALTER TABLE deduplication_rates RENAME TO away`;
    await tally.flush();
    await prisma.$executeRaw`ALTER TABLE away RENAME TO deduplication_rates`;
    await tally.close();
    const rows = await prisma.deduplicationRate.findMany();
    expect(rows).toMatchObject([{ eventType: 'a', clientVersion: '', accepted: 2n, siteId: DEFAULT_SITE_ID }]);
  });

  test('holds up neither an ingest nor for long a shutdown', async () => {
    await using world = await openWorld();
    const ingestion = await world.service();
    await whileHeld(world, 'LOCK TABLE deduplication_rates', async () => {
      expect(await ingestion.ingest(viewed())).toMatchObject({ status: 'accepted' });
      await ingestion.shutdown();
    });
  });
});

test('tenants keep their own events apart in a run', async () => {
  await using world = await openWorld();
  await (await world.service()).shutdown();
  const service = new EventDeduplicationService(world.prisma, world.redis, { now: () => NOW });
  await storeAll(world.prisma, [
    repeatable(10),
    repeatable(5, { tenantId: DEFAULT_SITE_ID }),
    repeatable(4, { siteId: DEFAULT_TENANT_ID }),
  ]);
  expect(await service.runDatabaseDeduplication(24)).toMatchObject({ scanned: 3, marked: 0 });
});
