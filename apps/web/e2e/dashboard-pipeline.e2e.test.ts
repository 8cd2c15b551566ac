import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figureOf, lookAt } from './test-support/dashboard-world.ts';
import { type MarketWorld, openMarket } from './test-support/market-world.ts';
import { cells, count, settled } from './test-support/read-page.ts';

const START_MS = 120_000;
const JOURNEY_MS = 90_000;
const SOON = { timeout: 8_000 };
const POISON = 'poison';

const kibibytes = (bytes: number) => {
  const large = bytes >= 1_024 ** 2;
  return `${Math.round((bytes / (large ? 1_024 ** 2 : 1_024)) * 10) / 10} ${large ? 'MiB' : 'KiB'}`;
};

describe('pipeline and plan, beside SQL on the same database', () => {
  let world: MarketWorld;

  beforeAll(async () => {
    world = await openMarket();
  }, START_MS);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it(
    'Pipeline: a ledger that balances, a flush by hand, a dead letter repaired and replayed, a rebuild',
    async () => {
      const { page, prisma, ingestion, fold } = world;
      await prisma.$executeRawUnsafe(
        `ALTER TABLE events ADD CONSTRAINT no_poison CHECK (props_json ->> 'referrer' IS DISTINCT FROM '${POISON}')`,
      );
      const view = (n: number, props: object = {}) => ({
        eventType: 'asset_viewed' as const,
        source: 'web' as const,
        entityId: '00000000-0000-4000-8000-000000000001',
        sessionId: `pipe-${n}`,
        occurredAt: new Date(Date.now() - 60_000).toISOString(),
        idempotencyKey: `pipe-${n}`,
        props,
      });
      const sent = Array.from({ length: 20 }, (_, n) => view(n));
      await ingestion.ingestPublic([...sent, view(20, { referrer: POISON })], {});
      await ingestion.ingestPublic(
        [sent[0], sent[1], view(30, { wrong: 1 }), { ...view(31), eventType: 'asset_eaten' }],
        {},
      );

      // With the login that opened the page, which is tracked once its answer is out.
      await expect.poll(async () => (await ingestion.getStats()).ledger.received, SOON).toBe(26);
      await page.goto('/admin/pipeline');
      await page.getByText('Both sums balance').waitFor();
      const ledger = async (name: string) => (await cells(page, 'Ledger', name))[0];
      expect(await ledger('Received')).toBe('26');
      expect(await ledger('Buffered')).toBe('22');
      expect([await ledger('Duplicate'), await ledger('Rejected')]).toEqual(['2', '2']);
      await page.getByRole('img', { name: /^Ledger: \(Received 26 = \(Accepted 22/ }).waitFor();
      const shards = page.getByRole('table', { name: 'Buffer by shard' }).getByRole('rowheader');
      const names = await shards.allTextContents();
      const sizes = await Promise.all(names.map((name) => cells(page, 'Buffer by shard', name.trim())));
      expect(sizes.reduce((sum, [events]) => sum + Number(events), 0)).toBe(22);

      await page.getByRole('button', { name: 'Force flush' }).press('Enter');
      await page.getByText('Complete: nothing of that moment is left in the buffer.').waitFor();
      const stored = () =>
        figureOf(
          prisma,
          `SELECT count(*) FROM events WHERE idempotency_key LIKE 'pipe-%' OR event_type = 'user_login'`,
        );
      await expect.poll(() => ledger('Buffered'), SOON).toBe('0');
      expect(await ledger('Stored')).toBe(count(await stored()));
      expect(await ledger('Dead letters')).toBe('1');
      // It asks again by itself.
      await ingestion.ingest(view(40));
      await expect.poll(() => ledger('Received'), SOON).toBe('27');
      await page.getByRole('list', { name: 'Open dead letters' }).getByText('asset_viewed').waitFor();
      await settled(page);
      expect(await lookAt(page, 'pipeline')).toEqual([]);

      await page.getByRole('button', { name: 'Look and repair' }).click();
      expect(world.complaints).toEqual([]);
      await page.getByLabel('Props, as JSON').fill('{ "wrong": true }');
      await page.getByRole('button', { name: 'Repair', exact: true }).click();
      await page.getByRole('status').getByText('wrong').waitFor();
      // A browser tells of every request that was refused.
      world.complaints.length = 0;
      await page.getByLabel('Props, as JSON').fill('{ "referrer": "https://a.example/" }');
      await page.getByRole('button', { name: 'Repair', exact: true }).click();
      await page.getByText('The plan takes it. Replay it now.').waitFor();
      await settled(page);
      expect(await lookAt(page, 'dead-letter')).toEqual([]);
      await page.getByRole('button', { name: 'Replay', exact: true }).click();
      await expect.poll(() => ledger('Dead letters'), SOON).toBe('0');
      expect(await ledger('Stored')).toBe(count(await stored()));
      expect(await stored()).toBe(22);

      await page.getByRole('button', { name: 'Rebuild counts' }).click();
      await page.getByRole('button', { name: 'Cancel the rebuild of counts' }).click();
      await page.getByRole('button', { name: 'Rebuild counts' }).waitFor();
      await page.getByText('cancelled').waitFor();
      await page.getByRole('button', { name: 'Rebuild daily' }).click();
      await page.getByRole('button', { name: 'Cancel the rebuild of daily' }).waitFor();
      await expect
        .poll(
          async () => {
            await fold();
            return page.getByText('done', { exact: true }).count();
          },
          { timeout: 20_000 },
        )
        .toBe(1);
      await prisma.$executeRaw`
        UPDATE projections SET failed_at = now(), attempts = 5, last_error = 'out of order' WHERE name = 'touches'`;
      await page.getByText('out of order').waitFor();
      await page.getByRole('button', { name: 'Continue touches' }).click();
      await page.getByRole('button', { name: 'Continue touches' }).waitFor({ state: 'detached' });
      expect(await figureOf(prisma, `SELECT count(*) FROM projections WHERE failed_at IS NOT NULL`)).toBe(0);
    },
    JOURNEY_MS,
  );

  it(
    'Pipeline: the circuit breakers of every process, and a warning while one is open',
    async () => {
      const { page, prisma, circuits } = world;
      circuits.start();
      await page.goto('/admin/pipeline');
      const rows = page.getByRole('table', { name: 'Circuit breakers' }).getByRole('row');
      const own = rows.filter({ hasText: 'e2e-market@' }).filter({ hasText: 'Writes' });
      await own.getByText('Closed').waitFor();
      await rows.filter({ hasText: 'tallymark-web@' }).filter({ hasText: 'Reports' }).getByText('Closed').waitFor();
      await prisma.$executeRawUnsafe('CREATE TABLE read_only (id int)');
      const refused = () =>
        circuits.writes.run(() =>
          prisma.$transaction(async (tx) => {
            await tx.$executeRawUnsafe('SET TRANSACTION READ ONLY');
            await tx.$executeRawUnsafe('INSERT INTO read_only VALUES (1)');
          }),
        );
      for (const _ of [1, 2, 3]) await refused().catch(() => {});
      await own.getByText('Open').waitFor();
      await own.getByText(/read-only transaction/).waitFor();
      await page
        .getByRole('alert')
        .getByText(/Postgres takes no events of e2e-market@/)
        .waitFor();
      await settled(page);
      expect(await lookAt(page, 'circuits')).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'Pipeline: what takes how much of the disk, and how long questions take',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/pipeline');
      // The page asks questions itself: they are in its own table the next time.
      await settled(page);
      await page.reload();
      const size = (table: string) =>
        figureOf(prisma, `SELECT pg_table_size('${table}') + pg_indexes_size('${table}')`);
      const [first] = await prisma.$queryRaw<{ name: string; month: string }[]>`
        SELECT to_char(now() AT TIME ZONE 'UTC', '"events_"YYYY_MM') AS name,
               to_char(now() AT TIME ZONE 'UTC', 'Mon YYYY') AS month`;
      if (!first) throw new Error('Postgres does not know what month it is.');
      const monthOf = async () => (await cells(page, 'Storage by month', first.month))[1];
      await expect.poll(monthOf, SOON).toBe(kibibytes(await size(first.name)));
      const tables = page.getByRole('table', { name: 'Storage of read models' }).getByRole('rowheader');
      expect(await tables.count()).toBeGreaterThan(10);
      const log = await cells(page, 'Storage of read models', 'event_log');
      expect(log[1]).toBe(kibibytes(await size('event_log')));
      const [asked = '', ...times] = await cells(page, 'Query times', 'pipeline.storingTimes');
      expect(Number(asked)).toBeGreaterThan(0);
      expect(times).toHaveLength(4);
      for (const time of times) expect(time).toMatch(/^\d[\d,]* ms$/);
      await settled(page);
      expect(await lookAt(page, 'pipeline-operations')).toEqual([]);
    },
    JOURNEY_MS,
  );

  it(
    'Plan: every type with its volume and rejections, and what the plan does not know',
    async () => {
      const { page, prisma } = world;
      await page.goto('/admin/plan');
      const types = 'Event types';
      const viewed = await cells(page, types, 'asset_viewed');
      const counted = await figureOf(prisma, `SELECT sum(weight) FROM event_facts WHERE event_type = 'asset_viewed'`);
      expect(viewed[0]).toBe('asset');
      expect(viewed[2]).toBe(count(counted));
      // The two seconds in which a process gathers them are over by now, or soon.
      await expect
        .poll(
          async () => {
            await page.reload();
            return (await cells(page, types, 'asset_viewed')).slice(4);
          },
          { timeout: 15_000, interval: 1_000 },
        )
        .toEqual(['1', 'invalid props 1']);
      const unknown = page.getByRole('list', { name: 'Types that the plan does not know' });
      expect(await unknown.getByRole('listitem').allTextContents()).toEqual(['asset_eatenunknown event type 11']);
      expect((await cells(page, types, 'payout_failed'))[3]).toBe('never seen');
      await settled(page);
      expect(await lookAt(page, 'plan')).toEqual([]);

      await page.getByRole('combobox', { name: 'Which types' }).click();
      await page.getByRole('option', { name: 'With rejections' }).click();
      await expect.poll(() => page.getByRole('table', { name: types }).getByRole('row').count(), SOON).toBe(2);
      await page.getByRole('button', { name: 'asset_viewed' }).click();
      const [all, timed] = await Promise.all(
        ['true', `props_json ? 'view_duration_ms'`].map((condition) =>
          figureOf(prisma, `SELECT count(*) FROM events WHERE event_type = 'asset_viewed' AND ${condition}`),
        ),
      );
      const share = Math.round(((timed ?? 0) / (all ?? 1)) * 1_000) / 10;
      expect((await cells(page, 'Props', 'view_duration_ms')).at(-1)).toBe(`${share} % of ${all}`);
      await page.getByText('"additionalProperties": false').waitFor();
      await settled(page);
      expect(await lookAt(page, 'plan-type')).toEqual([]);
      expect(world.complaints).toEqual([]);
    },
    JOURNEY_MS,
  );
});
