import { createPrisma } from '@tallymark/prisma/client';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { deadLettersOf, insertLetter, POISON, poison, refusePoison } from '../test-support/dead-letter-world.ts';
import {
  balancedLedger,
  forgetKeys,
  type IngestionWorld,
  manyViewed,
  NOW,
  openWorld,
  viewed,
  whileHeld,
} from '../test-support/ingestion-world.ts';

const GOOD = { referrer: 'https://a.example/' };

/** One poisoned event among nine good ones, flushed. */
async function openPoisoned(world: IngestionWorld, event = poison()) {
  const service = await world.service();
  await refusePoison(world);
  const deadLetters = deadLettersOf(world);
  await service.ingestBatch([...manyViewed(9), event]);
  await service.forceFlush();
  const { items } = await deadLetters.list({ resolved: false });
  const [letter] = items;
  if (!letter) throw new Error('There is a dead letter.');
  return { service, deadLetters, letter, event };
}

const repairDatabase = ({ prisma }: IngestionWorld) =>
  prisma.$executeRawUnsafe('ALTER TABLE events DROP CONSTRAINT no_poison');

const storedAs = ({ prisma }: IngestionWorld, id: string) => prisma.event.findUnique({ where: { id } });

describe('a refused event', () => {
  test('repaired and replayed is stored under its id, once, and its payload stays', async () => {
    await using world = await openWorld();
    const { service, deadLetters, letter, event } = await openPoisoned(world);
    expect(await balancedLedger(service)).toMatchObject({ stored: 9, deadLettered: 1 });
    const refused = await deadLetters.replay(letter.id);
    expect(refused).toMatchObject({ outcome: 'still_refused', eventId: letter.eventId });
    expect(refused.message).toContain('no_poison');
    expect(await balancedLedger(service)).toMatchObject({ stored: 9, deadLettered: 1 });

    await expect(deadLetters.repair(letter.id, { props: { nothing: 1 } })).rejects.toMatchObject({ code: 'invalid' });
    await deadLetters.repair(letter.id, { props: { referrer: 'wrong' } });
    world.clock.now = new Date(NOW.getTime() + 1_000);
    const repaired = await deadLetters.repair(letter.id, { props: GOOD });
    expect(repaired).toMatchObject({ repaired: { id: letter.eventId, propsJson: GOOD }, payload: letter.payload });
    expect(repaired).toMatchObject({ repairedAt: world.clock.now.toISOString(), resolution: null });
    expect(JSON.parse(repaired.payload.text)).toMatchObject({ propsJson: POISON });

    expect(await deadLetters.replay(letter.id)).toEqual({ outcome: 'stored', eventId: letter.eventId });
    const { entityId, idempotencyKey } = event;
    expect(await storedAs(world, letter.eventId)).toMatchObject({ propsJson: GOOD, entityId, idempotencyKey });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 10, stored: 10, merged: 0, deadLettered: 0 });
    const resolvedAt = world.clock.now.toISOString();
    const resolved = { resolution: 'stored', resolvedEventId: letter.eventId, resolvedAt, payload: letter.payload };
    expect(await deadLetters.get(letter.id)).toMatchObject(resolved);

    await expect(deadLetters.replay(letter.id)).rejects.toMatchObject({ code: 'resolved' });
    await expect(deadLetters.repair(letter.id, { props: GOOD })).rejects.toMatchObject({ code: 'resolved' });
    expect(await world.prisma.event.count()).toBe(10);
  });

  test('sent again by its caller after the repair is recognised', async () => {
    await using world = await openWorld();
    const { service, deadLetters, letter, event } = await openPoisoned(world);
    await deadLetters.repair(letter.id, { props: GOOD });
    await deadLetters.replay(letter.id);
    await repairDatabase(world);
    await forgetKeys(world);
    expect(await service.ingest(event)).toEqual({ status: 'accepted', id: letter.eventId });
    await service.forceFlush();
    expect(await storedAs(world, letter.eventId)).toMatchObject({ propsJson: GOOD });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 11, stored: 10, merged: 1, deadLettered: 0 });
  });

  test('accepted twice, with a letter each, is stored once and merged once', async () => {
    await using world = await openWorld();
    const { service, deadLetters, event } = await openPoisoned(world);
    await forgetKeys(world);
    await service.ingest(event);
    await service.forceFlush();
    await repairDatabase(world);
    const all = { stored: 1, merged: 1, stillRefused: 0, conflict: 0, skipped: 0, stoppedBy: null, nextCursor: null };
    expect(await deadLetters.replayAll()).toEqual(all);
    expect(await deadLetters.counts()).toEqual([{ reason: 'refused', open: 0, stored: 1, merged: 1 }]);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 11, stored: 10, merged: 1, deadLettered: 0 });
  });

  test('replayed twenty times at once is stored once', async () => {
    await using world = await openWorld();
    const { service, letter } = await openPoisoned(world);
    await repairDatabase(world);
    const prisma = createPrisma({ databaseUrl: world.databaseUrl, maxConnections: 20, applicationName: 'admins' });
    try {
      const deadLetters = deadLettersOf({ ...world, prisma });
      // The first has stored its event and waits with the commit when the last comes for the letter.
      const replays = await whileHeld(world, 'LOCK TABLE ledger_deltas', async () => {
        const started = Array.from({ length: 20 }, () => deadLetters.replay(letter.id));
        const settled = Promise.allSettled(started);
        await eventually(async () => expect(await waitingFlushes(world)).toBe(20));
        return { settled };
      });
      const outcomes = await replays.settled;
      const stored = outcomes.filter(({ status }) => status === 'fulfilled');
      expect(stored).toMatchObject([{ value: { outcome: 'stored' } }]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'resolved' });
      }
    } finally {
      await prisma.$disconnect();
    }
    expect(await balancedLedger(service)).toMatchObject({ accepted: 10, stored: 10, merged: 0, deadLettered: 0 });
  });

  test('of a month without a partition has room made for it', async () => {
    await using world = await openWorld();
    const { service, deadLetters, letter } = await openPoisoned(world);
    await deadLetters.repair(letter.id, { props: GOOD, occurredAt: '2026-01-05T00:00:00.000Z' });
    const { outcome, eventId } = await deadLetters.replay(letter.id);
    expect(outcome).toBe('stored');
    expect(await storedAs(world, eventId)).toMatchObject({ occurredAt: new Date('2026-01-05T00:00:00.000Z') });
    expect(await deadLetters.get(letter.id)).toMatchObject({ eventId: letter.eventId, resolvedEventId: eventId });
    expect(await balancedLedger(service)).toMatchObject({ stored: 10, deadLettered: 0 });
  });

  test.each([
    ['NUL', 'a\0b', '22P05'],
    ['half a surrogate pair', 'a\ud83d', '22P02'],
  ])('that holds %s can be read, repaired and replayed', async (_what, referrer, sqlState) => {
    await using world = await openWorld();
    const { service, deadLetters, letter } = await openPoisoned(world);
    const row = { ...JSON.parse(letter.payload.text), propsJson: { referrer } };
    await world.prisma.deadLetter.update({
      where: { id: letter.id },
      data: { payload: new TextEncoder().encode(JSON.stringify(row)) },
    });
    expect(await deadLetters.replay(letter.id)).toMatchObject({ outcome: 'still_refused' });
    const read = await deadLetters.get(letter.id);
    expect(read).toMatchObject({ reason: 'refused', sqlState, payload: { isJson: true } });
    expect(JSON.parse(read.payload.text).propsJson).toEqual({ referrer });
    await expect(deadLetters.repair(letter.id, { sessionId: 's' })).rejects.toMatchObject({ code: 'invalid' });
    await deadLetters.repair(letter.id, { props: { referrer: 'ab' } });
    expect(await deadLetters.replay(letter.id)).toMatchObject({ outcome: 'stored' });
    expect(await storedAs(world, letter.eventId)).toMatchObject({ propsJson: { referrer: 'ab' } });
    expect(await balancedLedger(service)).toMatchObject({ stored: 10, deadLettered: 0 });
  });
});

/** A table that the last statement of a replay reads. */
const GATE = 'dead_letters_gate';

describe('whatever is killed', () => {
  // The event is inserted, and the replay waits for a table that it needs afterwards: there it is killed.
  test.each([
    ['between insert and ledger', 'ledger_deltas'],
    ['between ledger and commit', GATE],
  ])('%s, the letter stays open and a later replay stores it once', async (_where, table) => {
    await using world = await openWorld();
    const { service, deadLetters, letter } = await openPoisoned(world);
    await repairDatabase(world);
    await gateResolutions(world);
    await whileHeld(world, `LOCK TABLE ${table}`, async () => {
      const replay = deadLetters.replay(letter.id).catch((error: unknown) => error);
      await eventually(() => killWaiting(world));
      expect(await replay).toBeInstanceOf(Error);
    });
    expect(await world.prisma.event.count()).toBe(9);
    expect(await deadLetters.get(letter.id)).toMatchObject({ resolution: null });
    expect(await balancedLedger(service)).toMatchObject({ stored: 9, deadLettered: 1 });
    expect(await deadLetters.replay(letter.id)).toMatchObject({ outcome: 'stored' });
    expect(await world.prisma.event.count()).toBe(10);
    expect(await balancedLedger(service)).toMatchObject({ stored: 10, deadLettered: 0 });
  });

  test('the ledger balances in every snapshot while letters are replayed', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await refusePoison(world);
    await service.ingestBatch(Array.from({ length: 40 }, poison));
    await service.forceFlush();
    await repairDatabase(world);
    const deadLetters = deadLettersOf(world);
    let replaying = true;
    const replays = deadLetters.replayAll().finally(() => {
      replaying = false;
    });
    const seen = new Set<number>();
    while (replaying) seen.add((await balancedLedger(service)).deadLettered);
    expect(await replays).toMatchObject({ stored: 40, stoppedBy: null });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 40, stored: 40, deadLettered: 0 });
    expect(seen.size).toBeGreaterThan(2);
  });
});

/** Makes the last statement of a replay wait where a test can hold it. */
async function gateResolutions({ prisma }: IngestionWorld): Promise<void> {
  await prisma.$executeRawUnsafe(`CREATE TABLE ${GATE} (passed integer)`);
  await prisma.$executeRawUnsafe(`
    CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM FROM ${GATE}; RETURN NULL; END $$`);
  await prisma.$executeRawUnsafe(
    'CREATE TRIGGER gate AFTER UPDATE ON dead_letters FOR EACH ROW EXECUTE FUNCTION pass_gate()',
  );
}

/** Kills the connections that wait for a lock; false while none does. */
async function killWaiting({ prisma }: IngestionWorld): Promise<boolean> {
  const killed = await prisma.$queryRaw<unknown[]>`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'tallymark-flush' AND wait_event_type = 'Lock'`;
  return killed.length > 0;
}

async function waitingFlushes({ prisma }: IngestionWorld): Promise<number> {
  const waiting = await prisma.$queryRaw<unknown[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'tallymark-flush' AND wait_event_type = 'Lock'`;
  return waiting.length;
}

describe('an event whose id another event holds', () => {
  /** The same key for two events, accepted both because Redis forgot the first. */
  async function openConflict(world: IngestionWorld) {
    const service = await world.service();
    const first = viewed();
    const second = { ...first, props: { view_duration_ms: 2 } };
    await service.ingest(first);
    await service.forceFlush();
    for (const again of [second, second]) {
      await forgetKeys(world);
      await service.ingest(again);
      await service.forceFlush();
    }
    const deadLetters = deadLettersOf(world);
    const { items } = await deadLetters.list();
    const [letter, twin] = items;
    if (!letter || !twin) throw new Error('There are two letters.');
    return { service, deadLetters, letter, twin };
  }

  test('stays a conflict unless it is made an event of its own, which happens once', async () => {
    await using world = await openWorld();
    const { service, deadLetters, letter, twin } = await openConflict(world);
    expect(letter).toMatchObject({ reason: 'conflict', sqlState: null });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 3, stored: 1, deadLettered: 2 });
    expect(await deadLetters.replay(letter.id)).toMatchObject({ outcome: 'conflict', eventId: letter.eventId });
    await deadLetters.repair(letter.id, { props: { view_duration_ms: 3 } });
    expect(await deadLetters.replay(letter.id)).toMatchObject({ outcome: 'conflict', eventId: letter.eventId });
    expect(await balancedLedger(service)).toMatchObject({ stored: 1, deadLettered: 2 });

    await deadLetters.repair(letter.id, { asNewEvent: true });
    const { outcome, eventId } = await deadLetters.replay(letter.id);
    expect(outcome).toBe('stored');
    expect(eventId).not.toBe(letter.eventId);
    expect(await storedAs(world, eventId)).toMatchObject({
      propsJson: { view_duration_ms: 2 },
      occurredAt: NOW,
      idempotencyKey: null,
    });
    expect(await balancedLedger(service)).toMatchObject({ stored: 2, merged: 0, deadLettered: 1 });
    await deadLetters.repair(twin.id, { asNewEvent: true });
    expect(await deadLetters.replay(twin.id)).toEqual({ outcome: 'merged', eventId });
    expect(await world.prisma.event.count()).toBe(2);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 3, stored: 2, merged: 1, deadLettered: 0 });
  });

  test('is merged where the stored event turns out to be the same', async () => {
    await using world = await openWorld();
    const { service, deadLetters, letter } = await openConflict(world);
    const { payloadHash } = JSON.parse(letter.payload.text);
    await world.prisma.event.update({ where: { id: letter.eventId }, data: { payloadHash } });
    await expect(deadLetters.repair(letter.id, { asNewEvent: true })).rejects.toMatchObject({ code: 'invalid' });
    expect(await deadLetters.replay(letter.id)).toEqual({ outcome: 'merged', eventId: letter.eventId });
    expect(await deadLetters.get(letter.id)).toMatchObject({ resolution: 'merged', resolvedEventId: letter.eventId });
    expect(await balancedLedger(service)).toMatchObject({ stored: 1, merged: 1, deadLettered: 1 });
  });
});

test('an aggregated row moves with its count', async () => {
  await using world = await openWorld();
  const service = await world.service();
  await service.updateThrottlingConfig('scrolled', { samplingRate: 100, alwaysKeep: true });
  await world.prisma.$executeRawUnsafe('ALTER TABLE events ADD CONSTRAINT no_poison CHECK (count = 1)');
  const scrolled = { eventType: 'scrolled', source: 'web', sessionId: 's', props: { path: '/', depth: 1 } } as const;
  const occurredAt = NOW.toISOString();
  await service.ingestBatch([1, 2, 3].map((n) => ({ ...scrolled, occurredAt, idempotencyKey: `k${n}` })));
  await service.forceFlush();
  expect(await balancedLedger(service)).toMatchObject({ accepted: 3, aggregated: 0, deadLettered: 3 });
  await repairDatabase(world);
  expect(await deadLettersOf(world).replayAll()).toMatchObject({ stored: 1 });
  expect(await world.prisma.event.findMany()).toMatchObject([{ count: 3 }]);
  expect(await balancedLedger(service)).toMatchObject({ accepted: 3, stored: 3, deadLettered: 0 });
});

describe('replayAll', () => {
  test('goes from page to page past what stays refused, and takes only what it is asked for', async () => {
    await using world = await openWorld();
    const { deadLetters, service } = await openPoisoned(world);
    const garbage = await insertLetter(world, { payload: 'no JSON' });
    await insertLetter(world, { payload: '{}', eventType: 'another_type' });
    await service.ingestBatch(Array.from({ length: 4 }, poison));
    await service.forceFlush();
    const pages = [await deadLetters.replayAll({ eventType: 'asset_viewed', limit: 4 })];
    pages.push(await deadLetters.replayAll({ eventType: 'asset_viewed', limit: 4, cursor: pages[0]?.nextCursor }));
    expect(pages[1]?.nextCursor).toBeNull();
    expect(pages.reduce((sum, { stillRefused }) => sum + stillRefused, 0)).toBe(5);
    expect(pages.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(1);
    await expect(deadLetters.replay(garbage)).rejects.toMatchObject({ code: 'unreadable' });
    expect(await deadLetters.replayAll({ reason: 'conflict' })).toMatchObject({ stillRefused: 0, skipped: 0 });
  });

  test('stops at an outage, tells it, and goes on later', async () => {
    await using world = await openWorld();
    const { deadLetters } = await openPoisoned(world);
    await repairDatabase(world);
    await whileHeld(world, 'LOCK TABLE events', async () => {
      const stopped = await deadLetters.replayAll();
      expect(stopped).toMatchObject({ stored: 0, stillRefused: 0, nextCursor: null });
      expect(stopped.stoppedBy).toContain('lock timeout');
    });
    expect(await deadLetters.replayAll()).toMatchObject({ stored: 1, stoppedBy: null });
  });
});
