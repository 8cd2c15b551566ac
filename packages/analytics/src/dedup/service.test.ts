import { describe, expect, test } from 'vitest';
import { NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { EventDeduplicationService } from './service.ts';

const FIELDS = { eventType: 'search_performed', actorId: 'u', sessionId: 's', entityId: 'e', occurredAt: NOW };

describe('a fingerprint', () => {
  test('is the same within a second, and another for every field', async () => {
    await using world = await openWorld();
    const service = new EventDeduplicationService(world.prisma, world.redis);
    const fingerprint = service.generateFingerprint(FIELDS);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(service.generateFingerprint({ ...FIELDS, occurredAt: NOW.toISOString() })).toBe(fingerprint);
    expect(service.generateFingerprint({ ...FIELDS, occurredAt: new Date(NOW.getTime() + 999) })).toBe(fingerprint);
    const others = [
      { occurredAt: new Date(NOW.getTime() + 1_000) },
      { occurredAt: new Date(NOW.getTime() - 1) },
      { eventType: 'x' },
      { actorId: undefined },
      { actorId: undefined, visitorId: 'u' },
      { sessionId: 'x' },
      { entityId: 'x' },
      { tenantId: 't' },
      { siteId: 't' },
      { sessionId: 's","e', entityId: undefined },
    ].map((more) => service.generateFingerprint({ ...FIELDS, ...more }));
    expect(new Set([fingerprint, ...others]).size).toBe(others.length + 1);
  });

  test('is a duplicate when it was checked before, and counts', async () => {
    await using world = await openWorld();
    const [one, two] = [1, 2].map(() => new EventDeduplicationService(world.prisma, world.redis));
    if (!one || !two) throw new Error('There are two.');
    expect(await one.getStats()).toEqual({ totalChecks: 0, duplicatesFound: 0, deduplicationRate: 0 });
    expect(await one.checkDuplicate('f')).toBe(false);
    expect(await two.checkDuplicate('f')).toBe(true);
    expect(await one.checkDuplicate('g')).toBe(false);
    expect(await two.checkDuplicate('f')).toBe(true);
    expect(await one.getStats()).toEqual({ totalChecks: 4, duplicatesFound: 2, deduplicationRate: 50 });
  });

  test('of many that check at once one is the first', async () => {
    await using world = await openWorld();
    const service = new EventDeduplicationService(world.prisma, world.redis);
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.checkDuplicate('f')));
    expect(answers.filter((known) => !known)).toHaveLength(1);
  });

  test('is forgotten after the time that was set, a minute without one', async () => {
    await using world = await openWorld();
    await new EventDeduplicationService(world.prisma, world.redis).checkDuplicate('f');
    const ttl = await world.redis.ttl('fingerprints:f');
    expect(ttl > 50 && ttl <= 60, String(ttl)).toBe(true);
    const options = { deduplicationTtlSeconds: 500 };
    await new EventDeduplicationService(world.prisma, world.redis, options).checkDuplicate('g');
    expect(await world.redis.ttl('fingerprints:g')).toBeGreaterThan(400);
  });

  test('that ingest has seen is known, in whatever shard', async () => {
    await using world = await openWorld();
    const ingestion = await world.service({ shards: 8 });
    const service = new EventDeduplicationService(world.prisma, world.redis);
    const { defaultTenantId: tenantId, defaultSiteId: siteId } = ingestion.config;
    for (const sessionId of ['a', 'b', 'c', 'd']) {
      const { idempotencyKey: _none, ...event } = viewed({ sessionId });
      await ingestion.ingest(event);
      const fields = { tenantId, siteId, eventType: event.eventType, sessionId, entityId: event.entityId };
      const fingerprint = service.generateFingerprint({ ...fields, occurredAt: event.occurredAt });
      expect(await service.checkDuplicate(fingerprint)).toBe(true);
    }
    await ingestion.forceFlush();
    expect(await service.getStats()).toEqual({ totalChecks: 8, duplicatesFound: 4, deduplicationRate: 50 });
  });
});
