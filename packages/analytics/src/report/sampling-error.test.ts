import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samplingBucket } from '../ingest/sampling.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { standardError, standardErrors } from './sampling-error.ts';

const DAY = 24 * 60;

const askError = (world: ReportWorld, scope: QuestionScope, types: readonly string[] | null = null) =>
  world.deps.reports.answer('error', (db) => standardError(db, scope, types));
const askErrors = (world: ReportWorld, scope: QuestionScope) =>
  world.deps.reports.answer('errors', (db) => standardErrors(db, scope));

interface Kept {
  readonly minutes: number;
  readonly visitor: string;
  readonly type: 'page_viewed' | 'asset_viewed';
  readonly rate: number;
  readonly count: number;
}

/** The formula as it is written: every pair of rows of one visitor. */
function reference(kept: readonly Kept[]): number {
  let variance = 0;
  for (const i of kept) {
    for (const j of kept) {
      if (i.visitor !== j.visitor) continue;
      const [p, q] = [i.rate / 100, j.rate / 100];
      variance += (i.count / p) * (j.count / q) * (1 - Math.max(p, q));
    }
  }
  return Math.sqrt(variance);
}

const row = ({ minutes, visitor, type, rate, count }: Kept) =>
  pageView(minutes, {
    eventType: type,
    schemaVersion: type === 'page_viewed' ? 2 : 1,
    visitorId: visitor,
    sessionId: visitor,
    samplingRate: rate,
    count,
    propsJson: type === 'page_viewed' ? { path: visitor === 'a' ? '/a' : '/' } : {},
  });

const kept = fc.record({
  minutes: fc.integer({ min: -9 * DAY, max: 0 }),
  visitor: fc.constantFrom('a', 'b', 'c', 'd'),
  type: fc.constantFrom('page_viewed' as const, 'asset_viewed' as const),
  rate: fc.constantFrom(100, 50, 25, 10),
  count: fc.integer({ min: 1, max: 4 }),
});

test('the error is that of the formula over all pairs, for any period, types and filter', async () => {
  await using world = await openReportWorld();
  const all = fc.sample(kept, { numRuns: 80, seed: 7 });
  await world.record(all.map(row));
  const moment = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const period = fc.tuple(fc.integer({ min: -10 * DAY, max: 0 }), fc.integer({ min: 1, max: 10 * DAY }));
  await fc.assert(
    fc.asyncProperty(period, async ([start, length]) => {
      const scope = world.scope({ from: moment(start), to: moment(start + length) });
      const inside = all.filter(({ minutes }) => minutes >= start && minutes < start + length);
      const pages = inside.filter(({ type }) => type === 'page_viewed');
      const assets = inside.filter(({ type }) => type === 'asset_viewed');
      expect(await askError(world, scope)).toBeCloseTo(reference(inside), 3);
      expect(await askError(world, scope, ['page_viewed'])).toBeCloseTo(reference(pages), 3);
      const errors = await askErrors(world, scope);
      expect(errors.get('page_viewed') ?? 0).toBeCloseTo(reference(pages), 3);
      expect(errors.get('asset_viewed') ?? 0).toBeCloseTo(reference(assets), 3);
      const filter = [{ field: 'page', op: 'is', value: '/a' } as const];
      const ofA = pages.filter(({ visitor }) => visitor === 'a');
      expect(await askError(world, { ...scope, filter })).toBeCloseTo(reference(ofA), 3);
    }),
    { numRuns: 20 },
  );
});

test('where nothing was sampled there is no error', async () => {
  await using world = await openReportWorld();
  const scope = world.scope();
  expect(await askError(world, scope)).toBe(0);
  await world.record([row({ minutes: 0, visitor: 'a', type: 'page_viewed', rate: 100, count: 3 })]);
  expect(await askError(world, scope)).toBe(0);
  expect(await askErrors(world, scope)).toEqual(new Map());
  expect(await askError(world, { ...scope, to: scope.from })).toBe(0);
});

test('of very many a share tells the error within a few per cent; a rare type beside them is worked out whole', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  const scope = world.scope();
  const insert = (type: string, from: number, to: number) => prisma.$executeRaw`
    INSERT INTO sampled_units (site_id, day, event_type, unit, sampling_rate, is_bot, counted, stored)
    SELECT ${scope.siteId}::uuid, '2026-11-10', ${type}, hashtextextended(n::text, 0), 20, false, 1 + n % 7, 1
    FROM generate_series(${from}::int, ${to}::int) AS n`;
  // (t / 0.2)² (1 - 0.2) of each unit.
  const error = (to: number) =>
    Math.sqrt(20 * Array.from({ length: to }, (_, n) => (1 + ((n + 1) % 7)) ** 2).reduce((sum, one) => sum + one, 0));
  await insert('asset_viewed', 1, 5);
  let there = 0;
  for (const units of [30_000, 450_000]) {
    await insert('page_viewed', there + 1, units);
    there = units;
    const errors = await askErrors(world, scope);
    expect([...errors.keys()].sort()).toEqual(['asset_viewed', 'page_viewed']);
    expect((errors.get('page_viewed') ?? 0) / error(units)).toBeGreaterThan(0.93);
    expect((errors.get('page_viewed') ?? 0) / error(units)).toBeLessThan(1.07);
    expect(errors.get('asset_viewed')).toBeCloseTo(error(5), 6);
    expect(await askError(world, scope, ['asset_viewed'])).toBeCloseTo(error(5), 6);
    expect((await askError(world, scope)) / error(units)).toBeGreaterThan(0.93);
  }
});

test('few people with many days each, and few bots among many people, are worked out whole', async () => {
  await using world = await openReportWorld();
  const { prisma } = world;
  const scope = world.scope();
  await prisma.$executeRaw`
    INSERT INTO sampled_units (site_id, day, event_type, unit, sampling_rate, is_bot, counted, stored)
    SELECT ${scope.siteId}::uuid, date '2026-11-01' + day, 'page_viewed', hashtextextended(n::text, 0), 20, false, 1, 1
    FROM generate_series(1, 40) AS n CROSS JOIN generate_series(-400, 0) AS day`;
  const year = { ...scope, from: new Date('2025-10-01T00:00:00Z'), to: new Date('2026-11-02T00:00:00Z') };
  const days = (year.to.getTime() - year.from.getTime()) / 86_400_000;
  expect(await askError(world, year)).toBeCloseTo(Math.sqrt(40 * 20) * days, 3);

  await prisma.$executeRaw`
    INSERT INTO sampled_units (site_id, day, event_type, unit, sampling_rate, is_bot, counted, stored)
    SELECT ${scope.siteId}::uuid, '2026-11-10', 'page_viewed', hashtextextended(n::text, 0), 20, n <= 60, 1, 1
    FROM generate_series(1, 30000) AS n`;
  expect(await askError(world, { ...scope, bots: 'only' })).toBeCloseTo(Math.sqrt(60 * 20), 3);
});

const REPEATS = 250;
const UNITS = 250;
const RATES = { page_viewed: 20, asset_viewed: 50, search_performed: 100 };
const TYPES = Object.entries(RATES);

/** Events that visitor `n` causes of each type: some cause far more than others. */
const caused = (n: number, type: number) => 1 + ((n * 31 + type * 17) % 11) ** 2 / 10;

test('estimates of one population scatter as they say: sampled again and again as the product samples', async () => {
  await using world = await openReportWorld();
  const scope = world.scope();
  const siteOf = (repeat: number) => `00000000-0000-4000-8000-${String(repeat + 1).padStart(12, '0')}`;
  const truth = TYPES.reduce((sum, _, type) => sum + populationOf(type), 0);
  const estimates: number[] = [];
  const rows: { siteId: string; type: string; unit: bigint; rate: number; counted: number }[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    let estimate = 0;
    for (const [at, [type, rate]] of TYPES.entries()) {
      for (let n = 0; n < UNITS; n += 1) {
        // Other names for the same people: another draw of their places.
        if (samplingBucket(`${repeat}: visitor ${n}`) >= rate) continue;
        estimate += (caused(n, at) * 100) / rate;
        if (rate < 100) rows.push({ siteId: siteOf(repeat), type, unit: BigInt(n), rate, counted: caused(n, at) });
      }
    }
    estimates.push(estimate);
  }
  const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((kept) => kept[key]);
  await world.prisma.$executeRaw`
    INSERT INTO sampled_units (site_id, day, event_type, unit, sampling_rate, is_bot, counted, stored)
    SELECT site_id, '2026-11-10', event_type, unit, sampling_rate, false, counted, 1
    FROM unnest(${column('siteId')}::uuid[], ${column('type')}::text[], ${column('unit')}::bigint[],
                ${column('rate')}::real[], ${column('counted')}::float8[])
      AS kept (site_id, event_type, unit, sampling_rate, counted)`;
  const errors = await world.deps.reports.answer('errors', async (db) => {
    const asked: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      asked.push(await standardError(db, { ...scope, siteId: siteOf(repeat) }, null));
    }
    return asked;
  });
  const spread = Math.sqrt(mean(estimates.map((estimate) => (estimate - truth) ** 2)));
  const stated = Math.sqrt(mean(errors.map((error) => error ** 2)));
  // The spread of so many draws is itself known to 4 %.
  expect(stated / spread).toBeGreaterThan(0.88);
  expect(stated / spread).toBeLessThan(1.12);
  expect(Math.abs(mean(estimates) - truth)).toBeLessThan((3.5 * spread) / Math.sqrt(REPEATS));
  const covered =
    estimates.filter((estimate, n) => Math.abs(estimate - truth) <= 2 * (errors[n] ?? 0)).length / REPEATS;
  expect(covered).toBeGreaterThan(0.92);
  expect(covered).toBeLessThan(0.985);
});

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

function populationOf(type: number): number {
  return Array.from({ length: UNITS }, (_, n) => caused(n, type)).reduce((sum, one) => sum + one, 0);
}
