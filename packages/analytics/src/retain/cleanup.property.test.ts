import { randomUUID } from 'node:crypto';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOW } from '../test-support/ingestion-world.ts';
import { openRetentionWorld } from '../test-support/retention-world.ts';

const SITES = [DEFAULT_SITE_ID, '00000000-0000-7000-8000-0000000000aa'] as const;
const TYPES = ['page_viewed', 'scroll', 'license_signed'] as const;
const DAY_MS = 86_400_000;
const DAYS = [1, 31, 46, 77, 107] as const;

interface Rule {
  readonly siteId: string;
  readonly eventType: string;
  readonly keepDays: number | null;
}
interface Event {
  readonly id: string;
  readonly siteId: string;
  readonly eventType: string;
  readonly occurredAt: Date;
  readonly retentionExempt: boolean;
}

/** Around the borders that matter: those of the rules to the millisecond, those of months, and anything in between. */
const time = fc.oneof(
  fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom(-1, 0, 1)).map(([days, ms]) => NOW.getTime() - days * DAY_MS + ms),
  fc.tuple(fc.integer({ min: 6, max: 10 }), fc.constantFrom(-1, 0, 1)).map(([month, ms]) => Date.UTC(2026, month) + ms),
  fc.integer({ min: Date.UTC(2026, 6), max: NOW.getTime() }),
);
const events = fc.array(
  fc
    .record({
      siteId: fc.constantFrom(...SITES),
      eventType: fc.constantFrom(...TYPES),
      time,
      retentionExempt: fc.oneof(
        { weight: 9, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    })
    .map(({ time: ms, ...more }): Event => ({ ...more, id: uuidV7(ms), occurredAt: new Date(ms) })),
  { maxLength: 25 },
);
const rules = fc.uniqueArray(
  fc.record({
    siteId: fc.constantFrom('*', ...SITES),
    eventType: fc.constantFrom('*', ...TYPES),
    keepDays: fc.option(fc.constantFrom(...DAYS), { nil: null, freq: 4 }),
  }),
  { selector: ({ siteId, eventType }) => `${siteId} ${eventType}`, maxLength: 5 },
);

function stays(event: Event, given: readonly Rule[], defaultDays: number): boolean {
  if (event.retentionExempt) return true;
  const precedence = [
    [event.siteId, event.eventType],
    [event.siteId, '*'],
    ['*', event.eventType],
    ['*', '*'],
  ];
  for (const [siteId, eventType] of precedence) {
    const rule = given.find((one) => one.siteId === siteId && one.eventType === eventType);
    if (rule?.keepDays === null) return true;
    if (rule) return event.occurredAt.getTime() >= NOW.getTime() - rule.keepDays * DAY_MS;
  }
  return event.occurredAt.getTime() >= NOW.getTime() - defaultDays * DAY_MS;
}

test('what is left is what the rules keep, event for event', async () => {
  await using world = await openRetentionWorld();
  const { prisma } = world;
  await prisma.site.create({ data: { id: SITES[1], tenantId: DEFAULT_TENANT_ID, name: 'other' } });
  const property = async (stored: readonly Event[], given: readonly Rule[], days: number, batchRows: number) => {
    await prisma.$executeRaw`TRUNCATE events, attribution, enrichment_backlog, duplicate_marks, retention_rules`;
    await ensurePartitions(
      prisma,
      [5, 6, 7, 8, 9, 10].map((month) => new Date(Date.UTC(2026, month))),
    );
    if (stored.length > 0) {
      await prisma.event.createManyAndReturn({ data: [...stored], select: { id: true } });
      await prisma.attribution.createMany({ data: stored.map(({ id }) => ({ eventId: id })) });
    }
    await world.fold();
    const service = world.retention({ cleanupOlderThan: { days }, batchRows });
    for (const rule of given) await service.rules.set(rule);
    const left = stored.filter((event) => stays(event, given, days)).map(({ id }) => id);
    const gone = stored.length - left.length;
    expect(await service.plan()).toMatchObject({ rows: gone });
    expect(await service.cleanupNow()).toMatchObject({ removed: gone, complete: true });
    expect(await world.ids()).toEqual(left.toSorted());
    expect(await prisma.attribution.count()).toBe(left.length);
    expect(await prisma.enrichmentBacklog.count()).toBe(left.length);
  };
  await fc.assert(fc.asyncProperty(events, rules, fc.constantFrom(...DAYS), fc.integer({ min: 1, max: 8 }), property), {
    numRuns: 40,
    seed: Number.parseInt(randomUUID().slice(0, 7), 16),
  });
}, 120_000);
