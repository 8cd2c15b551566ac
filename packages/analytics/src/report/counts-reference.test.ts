import type { TimeUnit } from '@tallymark/contract/reports/timeseries';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { pageView } from '../test-support/enrichment-world.ts';
import { COUNTED } from '../test-support/recount-events.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askBreakdown } from './breakdown.ts';
import { askOverview } from './overview.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { askTimeseries } from './timeseries.ts';

const MINUTE_MS = 60_000;
const DAY = 1_440;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
/** The clocks of Berlin go back on 25 October, those of New York and Havana on 1 November, Havana's at midnight. */
const FIRST = Date.UTC(2026, 9, 18);
const DAYS = 28;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'America/Havana', 'Australia/Lord_Howe'];

/** What an event is; pseudo-random, the same in every run. Some lie within the hours that happen twice. */
const EVENTS = Array.from({ length: 360 }, (_, n) => {
  const types = ['page_viewed', 'license_signed', 'license_created', 'asset_viewed'] as const;
  const eventType = types[(n * 7) % 4] ?? 'page_viewed';
  const twice = [Date.UTC(2026, 9, 25), Date.UTC(2026, 10, 1, 4), Date.UTC(2026, 10, 1, 5)];
  const time =
    n % 6 === 0
      ? (twice[(n / 6) % 3] ?? 0) + ((n * 131) % 180) * MINUTE_MS
      : FIRST + ((n * 7_919 * 13) % (DAYS * DAY)) * MINUTE_MS + (n % 7) * 8_123;
  return { n, time, eventType };
});

const PROPS = {
  page_viewed: (n: number) => ({ path: `/${n % 9}` }),
  license_signed: () => ({ signedBy: 'a', signatureMethod: 'b' }),
  license_created: (n: number) => ({ assetId: 'a', feeCents: n }),
  asset_viewed: () => ({}),
};

let world: ReportWorld;

beforeAll(async () => {
  world = await openReportWorld();
  await ensurePartitions(world.prisma, [new Date(FIRST), new Date(FIRST + 31 * DAY * MINUTE_MS)]);
  await world.record(
    EVENTS.map(({ n, time, eventType }) =>
      pageView(0, {
        id: pageView((time - Date.parse('2026-11-15T12:00:00Z')) / MINUTE_MS).id,
        occurredAt: new Date(time),
        eventType,
        schemaVersion: eventType === 'page_viewed' ? 2 : 1,
        propsJson: PROPS[eventType](n),
        sessionId: `s${n % 60}`,
        visitorId: n % 11 === 0 ? null : `v${n % 17}`,
        service: n % 3 === 0 ? null : `service ${n % 8}`,
        count: eventType === 'asset_viewed' ? 1 + (n % 3) : 1,
        ...(n % 60 < 6 && { userAgent: BOT }),
      }),
    ),
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const moment = fc
  .tuple(fc.integer({ min: -DAY, max: (DAYS + 1) * DAY }), fc.constantFrom(1, 15, 60, DAY))
  .map(([minute, step]) => new Date(FIRST + Math.floor(minute / step) * step * MINUTE_MS));
const period = fc
  .tuple(moment, moment)
  .filter(([a, b]) => a.getTime() !== b.getTime())
  .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
const bots = fc.constantFrom('include' as const, 'exclude' as const, 'only' as const);
/** Nothing, what every event meets, and what some do. */
const filters = fc.constantFrom<QuestionScope['filter']>(
  [],
  [{ field: 'event_type', op: 'exists' }],
  [{ field: 'service', op: 'missing' }],
);

/** Rows over `counted c`, the events that count, of a scope. */
async function recount<Row>(row: z.ZodType<Row>, scope: QuestionScope, select: string): Promise<Row[]> {
  const [only] = scope.filter;
  const within = [
    'c.occurred_at >= $2::timestamptz AND c.occurred_at < $3::timestamptz',
    ...(scope.bots === 'include' ? [] : [scope.bots === 'only' ? 'c.is_bot' : 'NOT c.is_bot']),
    ...(only?.field === 'service' ? ['c.service IS NULL'] : []),
  ].join(' AND ');
  const sql = `WITH ${COUNTED}, begun AS (
      SELECT session_id, min(occurred_at) AS at FROM counted WHERE session_id IS NOT NULL GROUP BY 1
    ) ${select.replaceAll('WITHIN', within)}`;
  const { siteId, from, to } = scope;
  return z.array(row).parse(await world.prisma.$queryRawUnsafe(sql, [siteId], from.toISOString(), to.toISOString()));
}

const METRICS = {
  events: 'sum(c.weight)',
  value: 'coalesce(sum(c.value * c.weight), 0)',
  page_views: `coalesce(sum(c.weight) FILTER (WHERE c.event_type = 'page_viewed'), 0)`,
  conversions: `coalesce(sum(c.weight) FILTER (WHERE c.event_type IN ('license_signed', 'campaign_conversion')), 0)`,
  visitors: 'count(DISTINCT c.visitor)',
} as const;
const metric = fc.constantFrom(...(Object.keys(METRICS) as (keyof typeof METRICS)[]), 'sessions' as const);

/** What local time of a zone an instant is, as text; 15 minutes are a quarter. An hour that happens twice is two. */
function localUnit(unit: TimeUnit, zone: string, time = 'c.occurred_at'): string {
  const local = `(${time} AT TIME ZONE '${zone}')`;
  if (unit === 'day' || unit === 'week' || unit === 'month') return `date_trunc('${unit}', ${local})::text`;
  // Of equal length whatever clocks do: quarters and minutes are those of UTC in every zone of today.
  const step = { minute: '1 minute', quarter: '15 minutes', hour: '15 minutes' }[unit];
  return `date_bin('${step}', ${time}, timestamptz '2000-01-01T00:00:00Z')::text`;
}

const localStart = async (unit: TimeUnit, zone: string, starts: readonly string[]): Promise<Map<string, string>> => {
  const rows = await world.prisma.$queryRawUnsafe(
    `SELECT t AS start, ${localUnit(unit, zone, 't::timestamptz')} AS local FROM unnest($1::text[]) AS t`,
    [...starts],
  );
  const parsed = z.array(z.object({ start: z.string(), local: z.string() })).parse(rows);
  return new Map(parsed.map(({ start, local }) => [start, local]));
};

test('a series is what events say, for any zone, unit, period, metric and filter', async () => {
  await fc.assert(
    fc.asyncProperty(
      period,
      fc.constantFrom(...ZONES),
      fc.constantFrom<TimeUnit>('quarter', 'day', 'week', 'month'),
      metric,
      bots,
      filters,
      async (asked, timeZone, wanted, of, kind, filter) => {
        const unit = wanted === 'quarter' && asked.to.getTime() - asked.from.getTime() > 5e8 ? 'day' : wanted;
        const scope = world.scope({ ...asked, timeZone, bots: kind, filter });
        const answer = await askTimeseries(world.deps, scope, { metric: of, unit, previous: false });
        const points = answer.series[0]?.points ?? [];
        const row = z.object({ local: z.string(), value: z.coerce.number() });
        const expected =
          of === 'sessions'
            ? await recount(
                row,
                scope,
                `SELECT ${localUnit(unit, timeZone, 'b.at')} AS local, count(DISTINCT b.session_id)::float8 AS value
                 FROM begun b JOIN counted c ON c.session_id = b.session_id
                 WHERE WITHIN AND b.at >= $2::timestamptz AND b.at < $3::timestamptz GROUP BY 1`,
              )
            : await recount(
                row,
                scope,
                `SELECT ${localUnit(unit, timeZone)} AS local, (${METRICS[of]})::float8 AS value
                 FROM counted c WHERE WITHIN GROUP BY 1`,
              );
        const locals = await localStart(
          unit,
          timeZone,
          points.map(({ start }) => start),
        );
        const found = points.filter(({ value }) => value !== 0).map(({ start, value }) => [locals.get(start), value]);
        expect(Object.fromEntries(found)).toEqual(
          Object.fromEntries(expected.filter(({ value }) => value !== 0).map(({ local, value }) => [local, value])),
        );
        // Every bucket once, in order, from the one that `from` lies in to the last before `to`.
        const starts = points.map(({ start }) => Date.parse(start));
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
        expect(starts[0]).toBeLessThanOrEqual(asked.from.getTime());
        expect(starts.slice(1).every((start) => start > asked.from.getTime() && start < asked.to.getTime())).toBe(true);
      },
    ),
    { numRuns: 120 },
  );
});

const BY = {
  event_type: 'c.event_type',
  service: `coalesce(c.service, '')`,
  page: `coalesce(c.page, '')`,
  channel: `coalesce(c.channel, '')`,
} as const;

test('a breakdown is what events say, its rows, what is left and the total', async () => {
  await fc.assert(
    fc.asyncProperty(
      period,
      fc.constantFrom(...(Object.keys(BY) as (keyof typeof BY)[])),
      fc.constantFrom('events' as const, 'value' as const, 'visitors' as const),
      bots,
      filters,
      fc.constantFrom(1, 3, 100),
      async (asked, by, of, kind, filter, limit) => {
        const scope = world.scope({ ...asked, bots: kind, filter });
        const answer = await askBreakdown(world.deps, scope, { by, metric: of, limit });
        const expected = await recount(
          z.object({ name: z.string(), value: z.number() }),
          scope,
          `SELECT ${BY[by]} AS name, (${METRICS[of]})::float8 AS value FROM counted c WHERE WITHIN
           GROUP BY 1 ORDER BY 2 DESC, 1`,
        );
        const nonzero = expected.filter(({ value }) => value !== 0);
        const found = answer.rows.filter(({ value }) => value !== 0);
        expect(found.map(({ value }) => value)).toEqual(nonzero.slice(0, limit).map(({ value }) => value));
        const truth = new Map(expected.map(({ name, value }) => [name, value]));
        for (const { name, value } of found) expect(truth.get(name ?? '')).toBe(value);
        if (of === 'visitors') return;
        const sum = expected.reduce((all, { value }) => all + value, 0);
        expect(answer.total.value).toBeCloseTo(sum, 6);
        const shown = nonzero.slice(0, limit).reduce((all, { value }) => all + value, 0);
        expect(answer.other.value).toBeCloseTo(sum - shown, 6);
      },
    ),
    { numRuns: 60 },
  );
});

test('an overview is what events say, now and before', async () => {
  await fc.assert(
    fc.asyncProperty(period, bots, filters, async (asked, kind, filter) => {
      const scope = world.scope({ ...asked, bots: kind, filter });
      const answer = await askOverview(world.deps, scope);
      const sums = async (of: QuestionScope) =>
        (
          await recount(
            z.object({
              events: z.number(),
              pageViews: z.number(),
              conversions: z.number(),
              value: z.number(),
              visitors: z.number(),
            }),
            of,
            `SELECT coalesce(${METRICS.events}, 0)::float8 AS events, (${METRICS.page_views})::float8 AS "pageViews",
                    (${METRICS.conversions})::float8 AS conversions, (${METRICS.value})::float8 AS value,
                    (${METRICS.visitors})::float8 AS visitors
             FROM counted c WHERE WITHIN`,
          )
        )[0];
      const length = asked.to.getTime() - asked.from.getTime();
      const [now, before] = [
        await sums(scope),
        await sums({ ...scope, from: new Date(asked.from.getTime() - length), to: asked.from }),
      ];
      for (const name of ['events', 'pageViews', 'conversions', 'value', 'visitors'] as const) {
        const { value, previous, change } = answer[name];
        expect([name, value, previous]).toEqual([name, now?.[name], before?.[name]]);
        if (previous === 0) expect(change).toBeNull();
        else expect(change).toBeCloseTo(((value - previous) / previous) * 100, 6);
      }
    }),
    { numRuns: 30 },
  );
});
