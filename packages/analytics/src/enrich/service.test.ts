import { randomUUID } from 'node:crypto';
import { enrichEventJob } from '@tallymark/contract/jobs';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { expect, test } from 'vitest';
import { attributionOf, MAC_CHROME, openEnrichmentWorld, pageView, store } from '../test-support/enrichment-world.ts';
import { NOW, viewed } from '../test-support/ingestion-world.ts';

const backlogOf = (world: { prisma: { enrichmentBacklog: { findMany(): Promise<{ eventId: string }[]> } } }) =>
  world.prisma.enrichmentBacklog.findMany();

test('a row written by hand, with a type and a user agent among its props', async () => {
  await using world = await openEnrichmentWorld();
  const { id } = await world.prisma.event.create({
    data: { id: uuidV7(NOW.getTime()), eventType: 'anything', propsJson: { userAgent: MAC_CHROME } },
  });
  expect(await backlogOf(world)).toMatchObject([{ eventId: id }]);
  expect(await world.enrichment.enrichEvent(id)).toEqual({
    enriched: 1,
    revised: 0,
    unchanged: 0,
    missing: 0,
    failed: [],
  });
  const event = await world.prisma.event.findUnique({ where: { id }, include: { attribution: true } });
  expect(event?.attribution).toMatchObject({
    deviceType: 'desktop',
    os: 'macOS',
    browser: 'Chrome',
    isBot: false,
    channel: 'direct',
    sessionJson: null,
  });
  expect(await backlogOf(world)).toEqual([]);
});

test('ingested events, with their session and the first touch of it', async () => {
  await using world = await openEnrichmentWorld();
  const service = await world.service();
  const context = { userAgent: MAC_CHROME, ipAddress: '192.0.2.7' };
  const first = viewed({
    attribution: { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring', landingPage: 'https://studio.test/a' },
  });
  const second = viewed({ occurredAt: new Date(NOW.getTime() + 90_000).toISOString() });
  world.clock.now = new Date(NOW.getTime() + 120_000);
  await service.ingestBatch([first, second], context);
  await service.forceFlush();
  expect(world.queued).toHaveLength(2);
  await world.enrichment.enrichEvents(world.queued);
  const [one, two] = await world.prisma.event.findMany({
    orderBy: { occurredAt: 'asc' },
    include: { attribution: true },
  });
  const shared = { utmSource: 'news', utmCampaign: 'spring', channel: 'email', landingPage: 'https://studio.test/a' };
  const session = { id: one?.id, startedAt: NOW.toISOString() };
  expect(one?.attribution).toMatchObject({ ...shared, sessionJson: { ...session, durationMs: 0, sequence: 1 } });
  expect(two?.attribution).toMatchObject({ ...shared, sessionJson: { ...session, durationMs: 90_000, sequence: 2 } });
});

test('a second run changes nothing', async () => {
  await using world = await openEnrichmentWorld();
  const ids = await store(world.prisma, [pageView(0), pageView(1), pageView(2, { sessionId: null })]);
  await world.enrichment.enrichEvents(ids);
  const before = await world.prisma.attribution.findMany({ orderBy: { eventId: 'asc' } });
  const log = await world.prisma.eventLog.count();
  for (const service of [world.enrichment, world.worker(), world.worker({ redis: null })]) {
    expect(await service.enrichEvents(ids)).toMatchObject({ enriched: 0, revised: 0, unchanged: 3, missing: 0 });
  }
  expect(await world.prisma.attribution.findMany({ orderBy: { eventId: 'asc' } })).toEqual(before);
  expect(await world.prisma.eventLog.count()).toBe(log);
});

test('two workers with the same job enrich once', async () => {
  await using world = await openEnrichmentWorld();
  const rows = Array.from({ length: 60 }, (_, n) => pageView(n / 10, { sessionId: `session-${n % 7}` }));
  const ids = await store(world.prisma, rows);
  const answers = await Promise.all(
    [world.enrichment, world.worker(), world.worker()].map((service) => service.enrichEvents(ids)),
  );
  expect(answers.reduce((sum, { enriched }) => sum + enriched, 0)).toBe(60);
  expect(answers.reduce((sum, { revised }) => sum + revised, 0)).toBe(0);
  const logged = await world.prisma.eventLog.findMany({ where: { kind: 'enriched' } });
  expect(logged.flatMap(({ eventIds }) => eventIds).sort()).toEqual([...ids].sort());
});

test('a late event revises the long session behind it, page by page', async () => {
  await using world = await openEnrichmentWorld();
  const late = pageView(0, { propsJson: { path: '/landing' }, touchJson: { utmSource: 'late' } });
  const rest = Array.from({ length: 450 }, (_, n) => pageView(1 + n / 100));
  const ids = await store(world.prisma, rest);
  await world.enrichment.enrichEvents(ids);
  await store(world.prisma, [late]);
  expect(await world.enrichment.enrichEvents([late.id])).toMatchObject({ enriched: 1, revised: 450 });
  const attribution = await attributionOf(world.prisma, ids);
  for (const [at, id] of ids.entries()) {
    expect(attribution.get(id)).toMatchObject({
      landingPage: '/landing',
      utmSource: 'late',
      sessionJson: { id: late.id, sequence: at + 2 },
    });
  }
  const revised = await world.prisma.eventLog.findMany({ where: { kind: 'revised' } });
  expect(revised.flatMap(({ eventIds }) => eventIds).sort()).toEqual([...ids].sort());
});

test('an event that is gone stays gone, and leaves the backlog', async () => {
  await using world = await openEnrichmentWorld();
  const [gone = '', kept = ''] = await store(world.prisma, [pageView(0), pageView(1)]);
  await world.prisma.event.delete({ where: { id: gone } });
  const never = uuidV7(NOW.getTime());
  expect(await world.enrichment.enrichEvents([gone, kept, never])).toMatchObject({ enriched: 1, missing: 2 });
  expect([...(await attributionOf(world.prisma, [gone, kept, never])).keys()]).toEqual([kept]);
  expect(await backlogOf(world)).toEqual([]);
});

test('an erased event is not brought back by a job that read it before', async () => {
  await using world = await openEnrichmentWorld();
  const [id = ''] = await store(world.prisma, [pageView(0, { entityType: 'asset', entityId: 'a' })]);
  const erasing = world.worker({
    snapshotReaders: {
      asset: async () => {
        await world.prisma.event.delete({ where: { id } });
        return new Map();
      },
    },
  });
  expect(await erasing.enrichEvents([id])).toMatchObject({ enriched: 0 });
  expect(await world.prisma.attribution.count()).toBe(0);
});

test('a snapshot reader that fails takes its own events with it, and is tried again until they are parked', async () => {
  await using world = await openEnrichmentWorld();
  const broken = pageView(0, { entityType: 'asset', entityId: 'a' });
  const [brokenId = '', fineId = ''] = await store(world.prisma, [broken, pageView(1)]);
  let works = false;
  const service = world.worker({
    snapshotReaders: {
      asset: async (_, ids) => {
        if (!works) throw new Error('no such column');
        return new Map(ids.map((id) => [id, { title: `Asset ${id}` }]));
      },
    },
  });
  const first = await service.enrichEvents([brokenId, fineId]);
  expect(first).toMatchObject({
    enriched: 1,
    failed: [{ id: brokenId, reason: expect.stringContaining('no such column') }],
  });
  for (let attempt = 2; attempt <= 4; attempt += 1)
    await expect(service.enrichEvent(brokenId)).rejects.toThrow('asset');
  expect(await service.getBacklogStats()).toMatchObject({ waiting: 1, parked: 0 });
  await expect(service.enrichEvent(brokenId)).rejects.toThrow('no such column');
  expect(await service.getBacklogStats()).toMatchObject({
    waiting: 0,
    oldestAgeMs: null,
    parked: 1,
    reasons: [{ reason: expect.stringContaining('no such column'), events: 1 }],
  });

  const queue = queueOf(null);
  world.clock.now = new Date(Date.now() + 600_000);
  expect(await service.sweep(queue)).toEqual({ queued: 0 });
  expect(await service.retryFailed(queue)).toEqual({ events: 1 });
  expect(queue.added).toEqual([brokenId]);
  works = true;
  expect(await service.enrichEvents(queue.added)).toMatchObject({ enriched: 1, failed: [] });
  const attribution = (await attributionOf(world.prisma, [brokenId])).get(brokenId);
  expect(attribution?.snapshotJson).toMatchObject({ state: 'present', entity: { title: 'Asset a' } });
  expect(await service.getBacklogStats()).toMatchObject({ waiting: 0, parked: 0, reasons: [] });
});

test('what waits for a minute and is in no job is queued again', async () => {
  await using world = await openEnrichmentWorld();
  const ids = await store(world.prisma, [
    pageView(0),
    pageView(1, { id: uuidV7(NOW.getTime()), sessionId: randomUUID() }),
  ]);
  const sweepAt = async (seconds: number, oldestJob: Date | null = null) => {
    const queue = queueOf(oldestJob);
    world.clock.now = new Date(Date.now() + seconds * 1_000);
    const { queued } = await world.enrichment.sweep(queue);
    expect(queue.added.sort()).toEqual(queued === 0 ? [] : [...ids].sort());
    return queued;
  };
  expect(await sweepAt(30)).toBe(0);
  // A job that was added about when they were stored may be theirs.
  expect(await sweepAt(300, new Date())).toBe(0);
  expect(await sweepAt(300, new Date(Date.now() + 240_000))).toBe(2);
  // The jobs of that sweep are still there.
  expect(await sweepAt(600, new Date(Date.now() + 300_000))).toBe(0);
  // And now they are not.
  expect(await sweepAt(600)).toBe(2);
  await world.enrichment.enrichEvents(ids);
  expect(await sweepAt(6_000)).toBe(0);
});

test('an event that is committed while its job is under way stays on the backlog', async () => {
  await using world = await openEnrichmentWorld();
  const late = pageView(1, { sessionId: 'other' });
  const [first = ''] = await store(world.prisma, [pageView(0, { entityType: 'asset', entityId: 'a' })]);
  const service = world.worker({
    snapshotReaders: {
      asset: async () => {
        await store(world.prisma, [late]);
        return new Map();
      },
    },
  });
  await service.enrichEvents([first, late.id]);
  expect(await backlogOf(world)).toMatchObject([{ eventId: late.id }]);
  expect(await service.enrichEvents([late.id])).toMatchObject({ enriched: 1 });
});

test('ids are the same in capitals, and of any kind that Postgres takes', async () => {
  await using world = await openEnrichmentWorld();
  const odd = ['0000-0000', '0000-0001', '0000-0002'].map((tail, at) => {
    const row = pageView(at);
    return { ...row, id: `${row.id.slice(0, 14)}${tail}-000000000000` };
  });
  const broken = world.worker({ snapshotReaders: { asset: () => Promise.reject(new Error('with a \0 in it')) } });
  const [failing = ''] = await store(world.prisma, [pageView(5, { entityType: 'asset', entityId: 'a' })]);
  const { failed } = await broken.enrichEvents([failing.toUpperCase()]);
  expect(failed).toMatchObject([{ id: failing }]);
  expect(await backlogOf(world)).toMatchObject([{ eventId: failing, attempts: 1 }]);
  const plain = world.worker({ redis: null });
  for (const id of await store(world.prisma, odd))
    await plain.enrichEvents([enrichEventJob.payload.parse({ eventId: id }).eventId ?? '']);
  const sessions = [
    ...(
      await attributionOf(
        world.prisma,
        odd.map(({ id }) => id),
      )
    ).values(),
  ];
  expect(sessions.map(({ sessionJson }) => (sessionJson as { sequence: number }).sequence).sort()).toEqual([1, 2, 3]);
});

test('whatever a host wrote into a row by hand, it gets its attribution', async () => {
  await using world = await openEnrichmentWorld();
  const odd = [
    { clientHintsJson: [1] },
    { touchJson: 'x' },
    { touchJson: { referrer: 5, clickIds: 'none' } },
    { propsJson: { path: 'p'.repeat(2_000_000), userAgent: 5 } },
    { propsJson: [] },
    { clientHintsJson: { big: 'x'.repeat(200_000) } },
  ];
  const ids = await store(
    world.prisma,
    odd.map((more, at) => pageView(at, more)),
  );
  const [{ id: never = '' } = {}] = await world.prisma.$queryRaw<{ id: string }[]>`
    INSERT INTO events (id, event_type, session_id, occurred_at)
    VALUES (${uuidV7(NOW.getTime())}::uuid, 'page_viewed', 'session-1', 'infinity') RETURNING id`;
  expect(await world.enrichment.enrichEvents([...ids, never])).toMatchObject({ enriched: odd.length + 1, failed: [] });
});

test('a job for a far day holds the sweep up for ten minutes, not for ever', async () => {
  await using world = await openEnrichmentWorld();
  await store(world.prisma, [pageView(0)]);
  const longAgo = new Date(Date.now() - 3_600_000);
  world.clock.now = new Date(Date.now() + 9 * 60_000);
  expect(await world.enrichment.sweep(queueOf(longAgo))).toEqual({ queued: 0 });
  world.clock.now = new Date(Date.now() + 12 * 60_000);
  expect(await world.enrichment.sweep(queueOf(longAgo))).toEqual({ queued: 1 });
});

test('an event that Postgres takes too long over is found among its neighbours, and parked at last', async () => {
  await using world = await openEnrichmentWorld();
  const ids = await store(
    world.prisma,
    Array.from({ length: 9 }, (_, n) => pageView(n, { sessionId: `session-${n}` })),
  );
  const [slow = ''] = ids.slice(4);
  await world.prisma.$executeRawUnsafe(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.event_id = '${slow}' THEN RAISE EXCEPTION 'too slow' USING ERRCODE = '57014'; END IF;
      RETURN NEW;
    END $$`);
  await world.prisma
    .$executeRaw`CREATE TRIGGER refuse BEFORE INSERT ON attribution FOR EACH ROW EXECUTE FUNCTION refuse()`;
  expect(await world.enrichment.enrichEvents(ids)).toMatchObject({ enriched: 8, failed: [{ id: slow }] });
  for (let attempt = 2; attempt <= 5; attempt += 1) await world.enrichment.enrichEvents([slow]);
  expect(await world.enrichment.getBacklogStats()).toMatchObject({ waiting: 0, parked: 1 });
});

test("an outage in the middle of a snapshot reader is none of its events' fault", async () => {
  await using world = await openEnrichmentWorld();
  const [id = ''] = await store(world.prisma, [pageView(0, { entityType: 'asset', entityId: 'a' })]);
  const service = world.worker({
    snapshotReaders: {
      asset: async (db) => {
        await db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
        return new Map();
      },
    },
  });
  await expect(service.enrichEvents([id])).rejects.toThrow();
  expect(await backlogOf(world)).toMatchObject([{ eventId: id, attempts: 0 }]);
});

test('an outage is thrown and counts as no attempt', async () => {
  await using world = await openEnrichmentWorld();
  const [id = ''] = await store(world.prisma, [pageView(0)]);
  await world.prisma.$executeRaw`ALTER TABLE attribution RENAME TO attribution_away`;
  await expect(world.enrichment.enrichEvents([id])).rejects.toThrow();
  await world.prisma.$executeRaw`ALTER TABLE attribution_away RENAME TO attribution`;
  expect(await backlogOf(world)).toMatchObject([{ eventId: id, attempts: 0, failedAt: null }]);
  expect(await world.enrichment.enrichEvents([id])).toMatchObject({ enriched: 1 });
});

test('where enrichment is switched off the backlog is forgotten after an hour', async () => {
  await using world = await openEnrichmentWorld();
  await store(world.prisma, [pageView(0)]);
  world.clock.now = new Date(Date.now() + 3_000_000);
  expect(await world.enrichment.discard()).toEqual({ discarded: 0 });
  world.clock.now = new Date(Date.now() + 3_700_000);
  expect(await world.enrichment.discard()).toEqual({ discarded: 1 });
});

function queueOf(oldest: Date | null) {
  const added: string[] = [];
  return {
    added,
    add: async (_name: string, { eventIds }: { eventIds: string[] }) => added.push(...eventIds),
    oldestUnfinishedAt: async () => oldest,
  };
}
