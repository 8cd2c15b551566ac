import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { appendEventLog } from '@tallymark/prisma/stores/event-log';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { startRetentionRun } from '@tallymark/prisma/stores/retention-runs';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { expect, test } from 'vitest';
import { pageView, store } from '../../test-support/enrichment-world.ts';
import { foldFactsAlone, foldNext } from '../../test-support/fold-behind.ts';
import { NOW } from '../../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../../test-support/report-world.ts';
import { touchesProjection } from './touches.ts';

const touch = (minutes: number, campaign: string) =>
  pageView(minutes, {
    visitorId: 'v',
    sessionId: campaign,
    touchJson: { utmSource: 'news', utmMedium: 'email', utmCampaign: campaign },
  });
const signed = (minutes: number, visitorId: string | null = 'v') =>
  pageView(minutes, { eventType: 'license_signed', propsJson: {}, schemaVersion: 1, visitorId, sessionId: 'signing' });

const touchesOf = ({ prisma }: ReportWorld) => prisma.conversionTouch.findMany({ orderBy: { occurredAt: 'asc' } });

test('a touch that comes late counts for conversions behind it, and one that is erased for none', async () => {
  await using world = await openReportWorld();
  await world.record([touch(10, 'second'), signed(20), signed(5)]);
  expect(await touchesOf(world)).toMatchObject([
    { firstCampaign: null, lastCampaign: null },
    { firstCampaign: 'second', firstSource: 'news', lastCampaign: 'second' },
  ]);
  const [late = ''] = await world.record([touch(0, 'first')]);
  expect(await touchesOf(world)).toMatchObject([
    { firstCampaign: 'first', lastCampaign: 'first' },
    { firstCampaign: 'first', lastCampaign: 'second' },
  ]);
  await world.prisma.$transaction(async (tx) => {
    await appendEventLog(tx, 'erased', [late]);
    await tx.event.deleteMany({ where: { id: late } });
  });
  await world.fold();
  expect(await touchesOf(world)).toMatchObject([{ firstCampaign: null }, { firstCampaign: 'second' }]);
});

test('a conversion is worked out as at its fold, however far facts are', async () => {
  await using world = await openReportWorld();
  const [last = '', conversion = ''] = await world.record([touch(10, 'last'), signed(20)]);
  const late = await store(world.prisma, [touch(5, 'late')]);
  await world.enrichment.enrichEvents(late);
  await foldFactsAlone(world);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: last, duplicateOf: conversion }]);
  await foldFactsAlone(world);
  await world.enrichment.enrichEvents(await store(world.prisma, [touch(1, 'first')]));
  await foldFactsAlone(world);
  await world.prisma.$transaction(async (tx) => {
    await appendEventLog(tx, 'revised', [conversion]);
    await tx.attribution.updateMany({ where: { eventId: conversion }, data: { isBot: true } });
  });
  await foldFactsAlone(world);
  const states: unknown[] = [];
  for (let folds = 0; folds < 4; folds += 1) {
    await foldNext(world, touchesProjection);
    states.push(...(await touchesOf(world)).map((one) => [one.firstCampaign, one.lastCampaign, one.isBot]));
  }
  expect(states).toEqual([
    ['late', 'last', false],
    ['late', 'late', false],
    ['first', 'late', false],
    ['first', 'late', true],
  ]);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: conversion, duplicateOf: last }]);
  await world.fold();
  expect(await touchesOf(world)).toEqual([]);
});

test('a touch counts for 90 days to the millisecond; a conversion may be one itself, and is that of nobody known', async () => {
  await using world = await openReportWorld();
  const days = (count: number) => -count * 1_440;
  await ensurePartitions(world.prisma, [new Date(NOW.getTime() + days(91) * 60_000)]);
  const earlier = touch(days(90), 'too early');
  const tooEarly = { ...earlier, occurredAt: new Date(NOW.getTime() - 90 * 86_400_000 - 1) };
  const converted = (minutes: number, visitorId: string | null) =>
    pageView(minutes, {
      eventType: 'campaign_conversion',
      schemaVersion: 1,
      propsJson: { campaignId: 'own', influencerId: 'i' },
      visitorId,
      sessionId: 'converting',
    });
  const rows = [converted(-1, 'v'), converted(0, 'v'), converted(1, null)];
  await world.record([tooEarly, touch(days(90), 'in time'), ...rows]);
  expect(await touchesOf(world)).toMatchObject([
    // A minute before, it still was in time.
    { firstCampaign: 'too early', lastCampaign: 'own' },
    { firstCampaign: 'in time', lastCampaign: 'own', lastSource: 'i' },
    { firstCampaign: 'own', firstSource: 'i', lastCampaign: 'own', lastSource: 'i' },
  ]);
});

test('a conversion that is worked out again keeps the first touch that retention took', async () => {
  await using world = await openReportWorld();
  const [first = '', conversion = ''] = await world.record([touch(0, 'first'), signed(20)]);
  await world.prisma.eventFact.deleteMany({ where: { id: first } });
  const now = new Date();
  await startRetentionRun(world.prisma, { id: uuidV7(now.getTime()), removedTo: NOW, startedAt: now });
  await world.record([touch(10, 'second')]);
  await appendEventLog(world.prisma, 'revised', [conversion]);
  await world.fold();
  expect(await touchesOf(world)).toMatchObject([{ firstCampaign: 'first', lastCampaign: 'second' }]);
});

test('a conversion whose facts retention took stays as it is', async () => {
  await using world = await openReportWorld();
  const [, conversion = ''] = await world.record([touch(0, 'first'), signed(20)]);
  await world.prisma.eventFact.deleteMany({ where: { id: conversion } });
  await world.prisma.event.deleteMany({ where: { id: conversion } });
  await world.record([touch(10, 'second')]);
  expect(await touchesOf(world)).toMatchObject([{ firstCampaign: 'first', lastCampaign: 'first' }]);
});
