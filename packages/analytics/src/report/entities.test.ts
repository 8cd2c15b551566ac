import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { standardErrorOf } from '../test-support/campaign-events.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askEntities } from './entities.ts';
import { askEntity } from './entity.ts';
import type { QuestionScope } from './resolve-scope.ts';

const DAY = 24 * 60;
const DAYS = 75;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

const event = fc.record({
  minutes: fc.integer({ min: -DAYS * DAY, max: 0 }),
  type: fc.constantFrom('license_viewed', 'license_viewed', 'license_signed', 'license_created'),
  entity: fc.constantFrom('one', 'two', 'three', 'four', 'five'),
  visitor: fc.constantFrom('a', 'b', 'c', 'd'),
  rate: fc.constantFrom(100, 50, 10),
  count: fc.integer({ min: 1, max: 3 }),
  fee: fc.integer({ min: 0, max: 500 }),
  bot: fc.boolean(),
});
const EVENTS = fc.sample(event, { numRuns: 200, seed: 5 });
type Event = (typeof EVENTS)[number];

const row = ({ minutes, type, entity, visitor, rate, count, fee, bot }: Event) =>
  pageView(minutes, {
    eventType: type,
    schemaVersion: 1,
    entityType: 'license',
    entityId: entity,
    visitorId: visitor,
    sessionId: `${visitor} ${bot}`,
    samplingRate: rate,
    count,
    ...(bot && { userAgent: BOT }),
    propsJson: type === 'license_created' ? { assetId: 'x', feeCents: fee } : {},
  });

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
  await ensurePartitions(
    world.prisma,
    [0, 30, 60, DAYS].map((days) => at(-days * DAY)),
  );
  await world.record([
    ...EVENTS.map(row),
    // Of another type by the same id.
    pageView(-60, { eventType: 'asset_viewed', schemaVersion: 1, entityType: 'asset', entityId: 'one', propsJson: {} }),
  ]);
});
afterAll(() => world[Symbol.asyncDispose]());

const recounted = z.array(z.object({ entity: z.string(), type: z.string(), events: z.number(), value: z.number() }));

/** From events alone. */
async function recount(scope: QuestionScope) {
  const rows = await world.prisma.$queryRawUnsafe(
    `SELECT entity_id AS entity, event_type AS type, sum(weight)::float8 AS events,
            coalesce(sum(weight * (props_json ->> 'feeCents')::float8), 0)::float8 AS value
     FROM (SELECT e.*, e.count * 100 / e.sampling_rate::float8 AS weight
           FROM events e JOIN attribution a ON a.event_id = e.id
           WHERE e.entity_type = 'license' AND e.occurred_at >= $1::timestamptz AND e.occurred_at < $2::timestamptz
             AND ($3::text = 'include' OR a.is_bot = ($3::text = 'only'))
             AND ($4::text IS NULL OR e.event_type <> $4::text)) AS counted
     GROUP BY 1, 2`,
    scope.from.toISOString(),
    scope.to.toISOString(),
    scope.bots,
    scope.filter.length > 0 ? 'license_viewed' : null,
  );
  return recounted.parse(rows);
}

const moment = fc
  .tuple(fc.integer({ min: -(DAYS + 2) * DAY, max: DAY }), fc.constantFrom(DAY, 60, 1))
  .map(([time, unit]) => at(Math.floor(time / unit) * unit - 12 * 60));
const scopes = fc
  .record({
    a: moment,
    b: moment,
    bots: fc.constantFrom('include' as const, 'exclude' as const, 'only' as const),
    filtered: fc.boolean(),
    timeZone: fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/New_York'),
  })
  .filter(({ a, b }) => a.getTime() !== b.getTime())
  .map(({ a, b, bots, filtered, timeZone }) => {
    const filter = filtered ? [{ field: 'event_type', op: 'isNot', value: 'license_viewed' } as const] : [];
    return world.scope({ ...(a < b ? { from: a, to: b } : { from: b, to: a }), bots, filter, timeZone });
  });
const sumOf = <Row extends { events: number; value: number }>(rows: readonly Row[], of: 'events' | 'value') =>
  rows.reduce((sum, one) => sum + one[of], 0);

const license = (more: object = {}) => ({ entityType: 'license', sort: 'events' as const, limit: 500, ...more });

test('entities are what their events come to, for any period, and so is each by itself', async () => {
  await fc.assert(
    fc.asyncProperty(scopes, fc.constantFrom('events' as const, 'value' as const), async (scope, sort) => {
      const expected = await recount(scope);
      const of = (key: 'entity' | 'type', name: string) => expected.filter((one) => one[key] === name);
      const answer = await askEntities(world.deps, scope, license({ sort }));
      expect(new Set(answer.rows.map(({ entityId }) => entityId))).toEqual(
        new Set(expected.map(({ entity }) => entity)),
      );
      expect(answer.total.entities).toBe(answer.rows.length);
      expect(answer.total.events.value).toBeCloseTo(sumOf(expected, 'events'), 6);
      expect(answer.other).toMatchObject({ events: { value: 0 }, value: { value: 0 } });
      for (const { entityId, events, value, byType } of answer.rows) {
        expect(events.value).toBeCloseTo(sumOf(of('entity', entityId), 'events'), 6);
        expect(value.value).toBeCloseTo(sumOf(of('entity', entityId), 'value'), 6);
        expect(Object.keys(byType).sort()).toEqual(
          of('entity', entityId)
            .map(({ type }) => type)
            .sort(),
        );
        for (const { type, events: ofType } of of('entity', entityId))
          expect(byType[type]?.events.value).toBeCloseTo(ofType, 6);
      }
      for (const { eventType, events } of answer.types)
        expect(events.value).toBeCloseTo(sumOf(of('type', eventType), 'events'), 6);
      const ranks = answer.rows.map((one) => one[sort].value);
      expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
      const [first] = answer.rows;
      if (!first) return;
      const alone = await askEntity(world.deps, scope, { entityType: 'license', entityId: first.entityId });
      expect(alone.total.events.value).toBeCloseTo(first.events.value, 6);
      expect(alone.total.events.error?.standard ?? 0).toBeCloseTo(first.events.error?.standard ?? 0, 6);
      for (const { eventType, events } of alone.types)
        expect(events.value).toBeCloseTo(first.byType[eventType]?.events.value ?? 0, 6);
      expect(alone.days.reduce((sum, day) => sum + day.value.value, 0)).toBeCloseTo(first.value.value, 6);
    }),
    { numRuns: 30 },
  );
});

test('the first by events of one type; those without one have no row, and all that is left is summed up', async () => {
  const scope = world.scope({ from: at(-20 * DAY), to: at(1) });
  const expected = await recount(scope);
  const signed = expected.filter(({ type }) => type === 'license_signed').sort((a, b) => b.events - a.events);
  const all = await askEntities(world.deps, scope, license({ eventType: 'license_signed' }));
  expect(all.rows.map(({ byType }) => byType.license_signed?.events.value)).toEqual(signed.map(({ events }) => events));
  const cut = await askEntities(world.deps, scope, license({ eventType: 'license_signed', limit: 2 }));
  expect(cut.rows).toEqual(all.rows.slice(0, 2));
  expect(cut.total).toEqual(all.total);
  expect(cut.other.events.value).toBeCloseTo(
    sumOf(expected, 'events') - cut.rows.reduce((sum, one) => sum + one.events.value, 0),
    6,
  );
  const none = await askEntities(world.deps, scope, license({ eventType: 'project_created' }));
  expect(none).toMatchObject({ rows: [], total: all.total, other: { events: { value: all.total.events.value } } });
});

test('the standard errors are those of the formula over all pairs', async () => {
  const scope = world.scope({ from: at(-40 * DAY), to: at(1), timeZone: 'Asia/Kathmandu' });
  const inside = EVENTS.filter(({ minutes }) => minutes >= -40 * DAY);
  const error = (events: readonly Event[]) => standardErrorOf(events, () => 1);
  const answer = await askEntities(world.deps, scope, license({ limit: 2 }));
  const shown = answer.rows.map(({ entityId }) => entityId);
  expect(answer.total.events.error?.standard).toBeCloseTo(error(inside), 6);
  expect(answer.other.events.error?.standard).toBeCloseTo(
    error(inside.filter(({ entity }) => !shown.includes(entity))),
    6,
  );
  const created = inside.filter(({ type }) => type === 'license_created');
  expect(answer.total.value.error?.standard).toBeCloseTo(
    standardErrorOf(created, ({ fee }) => fee),
    4,
  );
  for (const { entityId, events, byType } of answer.rows) {
    const own = inside.filter(({ entity }) => entity === entityId);
    expect(events.error?.standard).toBeCloseTo(error(own), 6);
    expect(byType.license_viewed?.events.error?.standard ?? 0).toBeCloseTo(
      error(own.filter(({ type }) => type === 'license_viewed')),
      6,
    );
  }
  const { days, types } = await askEntity(world.deps, scope, { entityType: 'license', entityId: 'two' });
  const two = inside.filter(({ entity }) => entity === 'two');
  for (const { eventType, events } of types) {
    expect(events.error?.standard ?? 0).toBeCloseTo(error(two.filter(({ type }) => type === eventType)), 6);
  }
  for (const { start, events } of days) {
    const minutes = (new Date(start).getTime() - NOW.getTime()) / 60_000;
    const ofDay = two.filter((one) => one.minutes >= minutes && one.minutes < minutes + DAY);
    expect(events.value).toBeCloseTo(
      ofDay.reduce((sum, { count, rate }) => sum + (count * 100) / rate, 0),
      6,
    );
    expect(events.error?.standard ?? 0).toBeCloseTo(error(ofDay), 6);
  }
});
