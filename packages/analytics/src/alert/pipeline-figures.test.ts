import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { addRates } from '@tallymark/prisma/stores/deduplication-rates';
import { appendLedgerDelta } from '@tallymark/prisma/stores/ledger';
import { expect, test } from 'vitest';
import { insertLetter } from '../test-support/dead-letter-world.ts';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { manyViewed, NOW, viewed } from '../test-support/ingestion-world.ts';
import { PipelineFigures } from './pipeline-figures.ts';
import { type AlertWorld, openAlertWorld } from './test-support/alert-world.ts';

const DELTA = { received: 0, accepted: 0, duplicates: 0, sampled: 0, rejected: {}, stored: 0, deadLettered: 0 };
const OTHER_SITE = '00000000-0000-7000-8000-0000000000bb';

const states = async ({ prisma }: AlertWorld) => {
  const rules = await prisma.alertRule.findMany({ where: { builtIn: true } });
  return Object.fromEntries(
    rules.map(({ source, state, value }) => [(source as { figure: string }).figure, [state, value]]),
  );
};
const QUIET = {
  deduplication_rate: ['ok', null],
  stuck_shards: ['ok', 0],
  dead_letters: ['ok', 0],
  projection_lag_seconds: ['ok', expect.any(Number)],
  ledger_difference: ['ok', 0],
};

test('the ready-made rules are on, quiet while all is well, fire for what each is about, and resolve', async () => {
  await using world = await openAlertWorld({ readyMade: true });
  const { prisma, ingestion } = world;
  await ingestion.ingestBatch(manyViewed(10));
  await ingestion.forceFlush();
  await world.record([pageView(0)]);
  expect(await world.round()).toMatchObject({ evaluated: 5, notified: 0 });
  expect(await states(world)).toEqual(QUIET);

  const rates = { hour: NOW, eventType: 'page_viewed', clientVersion: '' };
  await addRates(prisma, [
    { ...rates, siteId: DEFAULT_SITE_ID, accepted: 180, duplicates: 20 },
    { ...rates, siteId: OTHER_SITE, accepted: 150, duplicates: 50 },
    // Of so few, it is chance.
    { ...rates, siteId: '00000000-0000-7000-8000-0000000000cc', accepted: 1, duplicates: 9 },
  ]);
  await ingestion.ingest(viewed());
  await insertLetter(world, { payload: '{}' });
  await world.enrichment.enrichEvents(await store(prisma, [pageView(1)]));
  await prisma.$executeRaw`UPDATE event_log SET logged_at = now() - interval '2 minutes'`;
  await appendLedgerDelta(prisma, { ...DELTA, origin: 'direct', received: 3, accepted: 2 });
  world.at(3);
  await world.round();
  expect(await states(world)).toEqual({
    deduplication_rate: ['firing', 25],
    stuck_shards: ['firing', 1],
    dead_letters: ['firing', 1],
    projection_lag_seconds: ['firing', expect.any(Number)],
    ledger_difference: ['firing', 2],
  });
  expect((await states(world)).projection_lag_seconds?.[1]).toBeGreaterThan(119);
  expect((await world.history()).map(({ message }) => message)).toEqual(
    expect.arrayContaining(['Deduplication rate: 25 %; told above 10 %.', 'Stuck shards: 1; told above 0.']),
  );

  await ingestion.forceFlush();
  await prisma.deadLetter.updateMany({ data: { resolution: 'stored' } });
  await world.fold();
  await appendLedgerDelta(prisma, { ...DELTA, origin: 'direct', rejected: { too_large: 1 }, stored: 2 });
  world.at(130);
  await world.round();
  expect(await states(world)).toEqual(QUIET);
  expect((await world.history()).map(({ what }) => what).sort()).toEqual([
    ...Array.from({ length: 5 }, () => 'fired'),
    ...Array.from({ length: 5 }, () => 'resolved'),
  ]);
});

test('events in flight are no difference of the ledger, and what is lost among them is', async () => {
  await using world = await openAlertWorld();
  const { ingestion, prisma, clock } = world;
  // A look between the two stores sees a flush half, another one at each look but one.
  const real = ingestion.getStats.bind(ingestion);
  let looks = 0;
  const halfSeen = async () => {
    const stats = await real();
    looks += 1;
    const missing = [7, 3, 0, 12, 4, 9][looks % 6] ?? 0;
    return { ...stats, ledger: { ...stats.ledger, stored: stats.ledger.stored - missing } };
  };
  const deps = { prisma, now: () => clock.now, eventIngestion: { getStats: halfSeen }, lookAgainMs: 1 };
  await ingestion.ingestBatch(manyViewed(20));
  await ingestion.forceFlush();
  const figure = () => new PipelineFigures(deps).read('ledger_difference');
  expect(await figure()).toBe(0);
  await appendLedgerDelta(prisma, { ...DELTA, origin: 'direct', received: 5, accepted: 5 });
  expect(await figure()).toBe(5);
});

test('the age of the oldest buffered event is told in seconds', async () => {
  await using world = await openAlertWorld();
  const figure = () =>
    new PipelineFigures({ ...world, eventIngestion: world.ingestion, now: () => world.clock.now }).read(
      'oldest_buffered_seconds',
    );
  expect(await figure()).toBe(0);
  await world.ingestion.ingest(viewed());
  world.at(2);
  expect(await figure()).toBe(120);
});
