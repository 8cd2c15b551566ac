import type { Receipt } from '@tallymark/contract/receipt';
import { describe, expect, test } from 'vitest';
import { balancedLedger, forgetKeys, NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';

const statuses = (receipts: readonly Receipt[]) => receipts.map(({ status }) => status);
const idOf = (receipt: Receipt | undefined) => (receipt && 'id' in receipt ? receipt.id : null);
const CONFLICT = { status: 'rejected', reason: 'conflict', retryable: false };

describe('an idempotency key', () => {
  test('50 concurrent sends: one row, one accepted, 49 duplicates, one id', async () => {
    await using world = await openWorld();
    const services = await Promise.all([world.service(), world.service()]);
    const event = viewed();
    const sends = Array.from({ length: 50 }, (_, n) => services[n % 2 === 0 ? 0 : 1].ingest(event));
    const receipts = await Promise.all(sends);
    expect(statuses(receipts).sort()).toEqual(['accepted', ...Array<string>(49).fill('duplicate')]);
    expect(new Set(receipts.map(idOf)).size).toBe(1);
    await services[0].forceFlush();
    expect((await world.prisma.event.findMany()).map(({ id }) => id)).toEqual([idOf(receipts[0])]);
    expect(await balancedLedger(services[1])).toMatchObject({ received: 50, accepted: 1, duplicate: 49, stored: 1 });
  });

  test('with other content is a conflict, and the first content stays', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const other = { ...event, props: { view_duration_ms: 9 } };
    expect(await service.ingest(event)).toMatchObject({ status: 'accepted' });
    expect(await service.ingest(other)).toMatchObject(CONFLICT);
    expect(await service.ingest({ ...event, occurredAt: NOW.toISOString().replace('00.000', '01.000') })).toMatchObject(
      CONFLICT,
    );
    expect(await service.ingest({ ...event, attribution: { utmSource: 'x' } })).toMatchObject(CONFLICT);
    await service.forceFlush();
    expect(await world.prisma.event.findMany()).toMatchObject([{ propsJson: event.props }]);
    expect(await balancedLedger(service)).toMatchObject({
      accepted: 1,
      rejected: 3,
      rejectedByReason: { conflict: 3 },
    });
  });

  test('twice in one batch, same and other content', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const receipts = await service.ingestBatch([event, event, { ...event, props: {} }, viewed()]);
    expect(statuses(receipts)).toEqual(['accepted', 'duplicate', 'rejected', 'accepted']);
    expect(idOf(receipts[1])).toBe(idOf(receipts[0]));
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(2);
  });

  test('order of keys, and Date or ISO text, make no difference', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed({ props: { view_duration_ms: 1, referrer: 'r' } });
    const { props, ...rest } = event;
    const reordered = { props: { referrer: 'r', view_duration_ms: 1 }, ...rest };
    const receipts = await service.ingestBatch([
      event,
      reordered,
      { ...event, occurredAt: new Date(event.occurredAt) },
    ]);
    expect(statuses(receipts)).toEqual(['accepted', 'duplicate', 'duplicate']);
  });

  test('forgotten by Redis: the repeat is accepted and merged', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const first = await service.ingest(event);
    await service.forceFlush();
    expect(await forgetKeys(world)).toBe(1);
    expect(await service.ingest(event)).toEqual(first);
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(1);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 2, stored: 1, merged: 1, deadLettered: 0 });
  });

  test('forgotten by Redis between two repeats of one batch: still one row', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    await service.ingest(event);
    await forgetKeys(world);
    await service.ingest(event);
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(1);
    expect(await balancedLedger(service)).toMatchObject({ accepted: 2, stored: 1, merged: 1 });
  });

  test('forgotten by Redis: other content becomes a dead letter, and the stored row stays', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const first = await service.ingest(event);
    await service.forceFlush();
    await forgetKeys(world);
    expect(await service.ingest({ ...event, props: { view_duration_ms: 9 } })).toEqual(first);
    await service.forceFlush();
    expect(await world.prisma.event.findMany()).toMatchObject([{ id: idOf(first), propsJson: event.props }]);
    const [letter, ...more] = await world.prisma.deadLetter.findMany();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({ reason: 'conflict', eventId: idOf(first), sqlState: null });
    expect(JSON.parse(Buffer.from(letter?.payload ?? []).toString())).toMatchObject({
      propsJson: { view_duration_ms: 9 },
    });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 2, stored: 1, deadLettered: 1 });
  });

  test('lives as long as configured', async () => {
    await using world = await openWorld();
    const service = await world.service({ idempotencyTtlSeconds: 77 });
    await service.ingest(viewed());
    const [key = ''] = await world.redis.keys(`${world.redisPrefix}:*:key:*`);
    const ttl = await world.redis.ttl(key.slice(world.redisPrefix.length + 1));
    expect(ttl).toBeGreaterThan(70);
    expect(ttl).toBeLessThanOrEqual(77);
  });
});

describe('a known key is answered before everything that may have changed since', () => {
  test('the retention', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const first = await service.ingest(event);
    world.clock.now = new Date('2028-01-01T00:00:00Z');
    expect(await service.ingest(event)).toEqual({ status: 'duplicate', id: idOf(first) });
    expect(await service.ingest({ ...event, props: {} })).toMatchObject(CONFLICT);
    expect(await service.ingest({ ...event, idempotencyKey: 'unseen' })).toMatchObject({
      status: 'rejected',
      reason: 'older_than_retention',
    });
    expect(await balancedLedger(service)).toMatchObject({ accepted: 1, duplicate: 1, rejected: 2 });
  });

  test('the sampling', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const first = await service.ingest(event);
    await service.updateThrottlingConfig('asset_viewed', { samplingRate: 0, alwaysKeep: false });
    expect(await service.ingest(event)).toEqual({ status: 'duplicate', id: idOf(first) });
    expect(await service.ingest({ ...event, idempotencyKey: 'unseen' })).toEqual({ status: 'sampled' });
  });
});
