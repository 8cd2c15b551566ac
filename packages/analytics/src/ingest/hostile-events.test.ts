import { LIMITS } from '@tallymark/contract/limits';
import { describe, expect, test } from 'vitest';
import { bomb, HOSTILE, LATEST, occurredAt, props } from '../test-support/hostile-events.ts';
import { balancedLedger, openWorld, viewed } from '../test-support/ingestion-world.ts';

describe('a hostile event of a public caller', () => {
  test('has a receipt that tells why, and each good event beside it is stored', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const context = { session: { userId: 'user-1', role: 'user' } };
    const reasons: Record<string, string> = {};
    for (const [name, event] of HOSTILE) {
      const [bad, good] = await service.ingestPublic([event, viewed()], context);
      reasons[name] = bad?.status === 'rejected' ? bad.reason : String(bad?.status);
      expect(good?.status, name).toBe('accepted');
      expect(bad?.status === 'rejected' && bad.message.length, name).toBeLessThan(600);
    }
    expect(reasons).toEqual(Object.fromEntries(HOSTILE.map(([name, , reason]) => [name, reason])));
    await service.forceFlush();
    const rows = await world.prisma.event.findMany({ select: { actorId: true } });
    expect(rows).toEqual(HOSTILE.map(() => ({ actorId: 'user-1' })));
    const { length } = HOSTILE;
    expect(await balancedLedger(service)).toMatchObject({ accepted: length, rejected: length, stored: length });
  });

  test('costs no more than it is worth: an object in 50^8 places is refused at once', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const started = performance.now();
    await service.ingestPublic(
      Array.from({ length: 20 }, () => props({ a: bomb() })),
      {},
    );
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

const HARMLESS: readonly [string, unknown][] = [
  ['the latest time', occurredAt(LATEST)],
  ['the oldest time', occurredAt('2025-11-15T12:00:00Z')],
  ['a time with an offset', occurredAt('2026-02-28T23:59:59+05:30')],
  ['the longest key', { ...viewed(), idempotencyKey: 'k'.repeat(LIMITS.idempotencyKeyLength) }],
  ['null where a field is optional', { ...viewed(), actorId: null, occurredAt: null, attribution: null }],
  ['emoji, right-to-left marks and controls', { ...viewed(), sessionId: '🦀\u202e\u0007\u2028' }],
  ['script tags and formulas, as they are', { ...viewed(), sessionId: '=HYPERLINK("javascript:alert(1)")<script>' }],
  ['its own actor id', { ...viewed(), actorId: 'user-1' }],
];

test('an event at the limit is taken', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const statuses: Record<string, unknown> = {};
  for (const [what, event] of HARMLESS) {
    const [receipt] = await service.ingestPublic([event], { session: { userId: 'user-1', role: 'user' } });
    statuses[what] = receipt?.status === 'rejected' ? receipt.message : receipt?.status;
  }
  expect(statuses).toEqual(Object.fromEntries(HARMLESS.map(([what]) => [what, 'accepted'])));
  expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
  expect(await world.prisma.event.count()).toBe(HARMLESS.length);
});
