import { randomUUID } from 'node:crypto';
import type { Receipt } from '@tallymark/contract/receipt';
import { describe, expect, test } from 'vitest';
import { type IngestionWorld, NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';

const idOf = (receipt: Receipt | undefined) => (receipt && 'id' in receipt ? receipt.id : null);

async function newSite({ prisma }: IngestionWorld) {
  const tenant = await prisma.tenant.create({ data: { id: randomUUID(), name: 'another tenant' } });
  const site = await prisma.site.create({ data: { id: randomUUID(), name: 'its site', tenantId: tenant.id } });
  return { tenantId: tenant.id, siteId: site.id };
}

describe('the same key means different things', () => {
  test('to two tenants', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const [event, there] = [viewed(), await newSite(world)];
    const receipts = [
      await service.ingest(event),
      await service.ingest(event, there),
      await service.ingest(event, there),
    ];
    expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'duplicate']);
    expect(idOf(receipts[0])).not.toBe(idOf(receipts[1]));
    await service.forceFlush();
    const stored = await world.prisma.event.findMany({ select: { tenantId: true, siteId: true } });
    expect(stored).toHaveLength(2);
    expect(stored).toContainEqual(there);
  });

  test('to public callers, to server code and in a transaction', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed();
    const [squatted] = await service.ingestPublic([event], {});
    const own = await service.ingest(event);
    const tracked = await world.prisma.$transaction((tx) => service.track(tx, event));
    const receipts = [squatted, own, tracked];
    expect(receipts.map((receipt) => receipt?.status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(new Set(receipts.map(idOf)).size).toBe(3);
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(3);
    expect(await world.prisma.deadLetter.count()).toBe(0);
  });
});

describe('without a key', () => {
  const anonymous = { eventType: 'search_performed', source: 'web', props: { query: 'one' } } as const;
  const at = (ms: number) => new Date(NOW.getTime() - 60_000 + ms).toISOString();

  test('a repeat within the second is a duplicate, whatever its props', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const events = [100, 900, 1_000].map((ms) => ({ ...anonymous, sessionId: 's', occurredAt: at(ms) }));
    const receipts = await service.ingestBatch(events);
    expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'accepted']);
    expect(idOf(receipts[1])).toBe(idOf(receipts[0]));
    const [first] = events;
    if (!first) throw new Error('There is a first.');
    expect(await service.ingest({ ...first, props: { query: 'two' } })).toMatchObject({ status: 'duplicate' });
  });

  test('type, actor, session, entity and visitor tell events apart', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = { ...anonymous, occurredAt: at(0) };
    const receipts = [
      await service.ingest(event),
      await service.ingest({ ...event, sessionId: 's1' }),
      await service.ingest({ ...event, sessionId: 's2' }),
      await service.ingest({ ...event, entityId: 'e', entityType: 'thing' }),
      await service.ingest({ ...event, actorId: 'user-1' }),
      await service.ingest({ ...event, eventType: 'cta_clicked', props: { ctaId: 'c' } }),
      await service.ingest(event, { ipAddress: '192.0.2.1', userAgent: 'one' }),
      await service.ingest(event, { ipAddress: '192.0.2.2', userAgent: 'one' }),
      await service.ingest(event, { ipAddress: '192.0.2.1', userAgent: 'two' }),
      await service.ingest(event, { visitorId: 'v' }),
    ];
    expect(receipts.map(({ status }) => status)).toEqual(receipts.map(() => 'accepted'));
    expect(await service.ingest(event, { visitorId: 'v' })).toMatchObject({ status: 'duplicate' });
  });

  test('an event with a key has no fingerprint: its twin under another key is another event', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = { ...anonymous, sessionId: 's', occurredAt: at(0) };
    const keyed = ['k1', 'k2'].map((idempotencyKey) => ({ ...event, idempotencyKey }));
    const receipts = await service.ingestBatch([...keyed, event]);
    expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  test('the fingerprint is remembered for a minute', async () => {
    await using world = await openWorld();
    const service = await world.service();
    await service.ingest(anonymous);
    const [key = ''] = await world.redis.keys(`${world.redisPrefix}:*:key:*`);
    const ttl = await world.redis.ttl(key.slice(world.redisPrefix.length + 1));
    expect(ttl).toBeGreaterThan(50);
    expect(ttl).toBeLessThanOrEqual(60);
  });

  test('with deduplication off every event counts', async () => {
    await using world = await openWorld();
    const service = await world.service({ enableDeduplication: false });
    const receipts = await service.ingestBatch([anonymous, anonymous]);
    expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    await service.forceFlush();
    expect(await world.prisma.event.count()).toBe(2);
  });
});
