import { describe, expect, test } from 'vitest';
import { openStockPrisma } from '../../../../prisma/test-support/prisma.ts';
import { balancedLedger, NOW, openWorld, viewed, whileHeld } from '../test-support/ingestion-world.ts';

const addTenant = (name: string) => ({ data: { name } });
const UNAVAILABLE = { status: 'rejected', reason: 'unavailable', retryable: true };

describe('track(tx)', () => {
  test("commits and rolls back with the host's transaction", async () => {
    await using world = await openWorld();
    const service = await world.service();
    const [kept, undone] = [viewed(), viewed()];
    const receipt = await world.prisma.$transaction(async (tx) => {
      await tx.tenant.create(addTenant('kept'));
      return service.track(tx, kept);
    });
    const failing = world.prisma.$transaction(async (tx) => {
      expect(await service.track(tx, undone)).toMatchObject({ status: 'accepted' });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await world.prisma.event.findMany()).toMatchObject([
      { id: receipt.status === 'accepted' && receipt.id, idempotencyKey: kept.idempotencyKey, propsJson: kept.props },
    ]);
    expect(await balancedLedger(service)).toMatchObject({ received: 1, accepted: 1, stored: 1, buffered: 0 });
    expect(await world.prisma.$transaction((tx) => service.track(tx, undone))).toMatchObject({ status: 'accepted' });
  });

  test("works with a host's own Prisma client", async () => {
    await using world = await openWorld();
    const service = await world.service();
    await using host = openStockPrisma(world.databaseUrl);
    const event = viewed();
    const old = viewed({ occurredAt: '2026-03-05T00:00:00.000Z' });
    await host.client.$transaction(async (tx) => {
      expect(await service.track(tx, event)).toMatchObject({ status: 'accepted' });
      expect(await service.track(tx, event)).toMatchObject({ status: 'duplicate' });
      expect(await service.track(tx, old)).toMatchObject({ status: 'accepted' });
    });
    const undone = host.client.$transaction(async (tx) => {
      await service.track(tx, viewed());
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await world.prisma.event.count()).toBe(2);
  });

  test('answers repeats, conflicts and bad events, each in the ledger', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await service.updateThrottlingConfig('license_viewed', { samplingRate: 0, alwaysKeep: false });
    const event = viewed();
    const receipts = await world.prisma.$transaction(async (tx) => [
      await service.track(tx, event),
      await service.track(tx, event),
      await service.track(tx, { ...event, props: { view_duration_ms: 9 } }),
      await service.track(tx, { ...event, entityId: 'no uuid' }),
      await service.track(tx, viewed({ eventType: 'license_viewed' as const, props: {} })),
    ]);
    expect(receipts).toMatchObject([
      { status: 'accepted' },
      { status: 'duplicate' },
      { status: 'rejected', reason: 'conflict' },
      { status: 'rejected', reason: 'invalid_entity' },
      { status: 'sampled' },
    ]);
    expect(receipts[1]).toMatchObject({ id: receipts[0]?.status === 'accepted' && receipts[0].id });
    expect(await balancedLedger(service)).toMatchObject({
      received: 5,
      accepted: 1,
      duplicate: 1,
      sampled: 1,
      rejectedByReason: { conflict: 1, invalid_entity: 1 },
      stored: 1,
    });
    expect(await world.prisma.ledgerDelta.count({ where: { origin: 'transaction' } })).toBe(5);
  });

  test('makes the month that is missing, and the event is stored', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed({ occurredAt: '2026-02-03T04:05:06.789Z' });
    await world.prisma.$transaction(async (tx) => {
      await tx.tenant.create(addTenant('kept'));
      expect(await service.track(tx, event)).toMatchObject({ status: 'accepted' });
    });
    const [stored] = await world.prisma.event.findMany();
    expect(stored?.occurredAt.toISOString()).toBe(event.occurredAt);
    expect(await world.prisma.tenant.count({ where: { name: 'kept' } })).toBe(1);
  });
});

describe("a failure of track(tx) leaves the host's transaction usable", () => {
  test.each(['product', 'stock'])('when a check refuses the row (%s client)', async (which) => {
    await using world = await openWorld();
    const service = await world.service();
    await using stock = openStockPrisma(world.databaseUrl);
    await world.prisma.$executeRaw`
      ALTER TABLE events ADD CONSTRAINT no_poison CHECK (props_json->>'referrer' IS DISTINCT FROM 'poison')`;
    const host = which === 'stock' ? stock.client : world.prisma;
    await host.$transaction(async (tx) => {
      await tx.tenant.create(addTenant('before'));
      expect(await service.track(tx, viewed({ props: { referrer: 'poison' } }))).toMatchObject(UNAVAILABLE);
      expect(await service.track(tx, viewed())).toMatchObject({ status: 'accepted' });
      await tx.tenant.create(addTenant('after'));
    });
    expect(await world.prisma.tenant.count({ where: { name: { in: ['before', 'after'] } } })).toBe(2);
    expect(await world.prisma.event.count()).toBe(1);
    expect(await balancedLedger(service)).toMatchObject({ received: 1, accepted: 1, stored: 1 });
  });

  test.each(['50ms', '0'])('when the events are locked, and the host waits for %s (0: for ever)', async (hostWaits) => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    await whileHeld(world, 'LOCK TABLE events', () =>
      world.prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT set_config('lock_timeout', ${hostWaits}, true)`;
        expect(await service.track(tx, event)).toMatchObject(UNAVAILABLE);
        await tx.tenant.create(addTenant('after'));
      }),
    );
    expect(await world.prisma.tenant.count({ where: { name: 'after' } })).toBe(1);
    expect(await world.prisma.event.count()).toBe(0);
    expect(await world.prisma.$transaction((tx) => service.track(tx, event))).toMatchObject({ status: 'accepted' });
    expect(await balancedLedger(service)).toMatchObject({ received: 1, accepted: 1, stored: 1 });
  });

  test('and when nothing fails, the host waits for locks as it did before', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await world.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL lock_timeout = '17s'`;
      expect(await service.track(tx, viewed())).toMatchObject({ status: 'accepted' });
      expect(await tx.$queryRaw`SELECT current_setting('lock_timeout') AS wait`).toEqual([{ wait: '17s' }]);
    });
  });

  test('when the site of the event is malformed or unknown', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await world.prisma.$transaction(async (tx) => {
      for (const siteId of ['no uuid', '00000000-0000-7000-8000-00000000ffff']) {
        expect(await service.track(tx, viewed(), { siteId })).toMatchObject({ reason: 'unknown_site' });
      }
      await tx.tenant.create(addTenant('after'));
    });
    expect(await world.prisma.tenant.count({ where: { name: 'after' } })).toBe(1);
  });
});

test('an id carries the time of its event', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const receipt = await world.prisma.$transaction((tx) => service.track(tx, viewed()));
  const id = receipt.status === 'accepted' ? receipt.id : '';
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOW.getTime());
});
