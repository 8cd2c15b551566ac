import { describe, expect, test } from 'vitest';
import {
  balancedLedger,
  type IngestionWorld,
  manyViewed,
  NOW,
  openWorld,
  viewed,
} from '../test-support/ingestion-world.ts';

const CHECK = `ALTER TABLE events ADD CONSTRAINT no_poison CHECK (props_json->>'referrer' IS DISTINCT FROM 'poison')`;
const poison = () => viewed({ props: { referrer: 'poison' } });

/** A hundred events; those at `places` are refused by Postgres. */
function withPoisonAt(places: readonly number[]) {
  return manyViewed(100).map((event, n) => (places.includes(n) ? { ...event, props: poison().props } : event));
}

async function lettersOf({ prisma }: IngestionWorld) {
  const letters = await prisma.deadLetter.findMany();
  return letters.map(({ payload, ...letter }) => ({ ...letter, row: JSON.parse(Buffer.from(payload).toString()) }));
}

describe('an event that Postgres refuses', () => {
  test.each([
    ['one among 99', [42], 1],
    ['the first and the last', [0, 99], 1],
    ['three that follow each other, in one shard', [7, 8, 9], 1],
    ['every other one', Array.from({ length: 50 }, (_, n) => 2 * n), 4],
  ])('becomes a dead letter, its neighbours are stored: %s', async (_what, places, shards) => {
    await using world = await openWorld();
    const service = await world.service({ shards });
    await world.prisma.$executeRawUnsafe(CHECK);
    const events = withPoisonAt(places);
    const receipts = await service.ingestBatch(events);
    expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });

    expect(await world.prisma.event.count()).toBe(100 - places.length);
    const letters = await lettersOf(world);
    expect(letters).toHaveLength(places.length);
    const ids = places
      .map((place) => receipts[place])
      .flatMap((receipt) => (receipt?.status === 'accepted' ? receipt.id : []));
    expect(letters.map(({ eventId }) => eventId).sort()).toEqual(ids.sort());
    for (const letter of letters) {
      expect(letter).toMatchObject({ reason: 'refused', sqlState: '23514', eventType: 'asset_viewed' });
      expect(letter.message).toContain('no_poison');
      expect(letter.row).toMatchObject({
        id: letter.eventId,
        propsJson: poison().props,
        occurredAt: NOW.toISOString(),
      });
    }
    const [stored, deadLettered] = [100 - places.length, places.length];
    expect(await balancedLedger(service)).toMatchObject({ accepted: 100, stored, deadLettered, buffered: 0 });
  });

  test('beside a repeat and a month without a partition: each gets what is its own', async () => {
    await using world = await openWorld();
    const service = await world.service({ shards: 1, enableDeduplication: false });
    await world.prisma.$executeRawUnsafe(CHECK);
    const twice = viewed();
    const old = viewed({ occurredAt: '2026-01-01T00:00:00.000Z' });
    await service.ingestBatch([twice, poison(), twice, old]);
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(2);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 4, stored: 2, merged: 1, deadLettered: 1 });
  });

  test('sent again after its dead letter, and after the repair of the database, is stored', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await world.prisma.$executeRawUnsafe(CHECK);
    const event = poison();
    await service.ingest(event);
    await service.forceFlush();
    expect(await service.ingest(event)).toMatchObject({ status: 'duplicate' });
    expect(await world.prisma.deadLetter.count()).toBe(1);
    await world.prisma.$executeRaw`ALTER TABLE events DROP CONSTRAINT no_poison`;
    await service.ingest({ ...event, idempotencyKey: 'a new key' });
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(1);
  });
});
