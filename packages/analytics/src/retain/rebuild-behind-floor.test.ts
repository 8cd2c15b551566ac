import { demoPlan } from '@tallymark/contract/demo-plan';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { expect, test } from 'vitest';
import { ProjectionAdmin } from '../project/admin.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { RetentionService } from './service.ts';

const DAY = 24 * 60;
/** Minutes from midnight of 1 November to noon of the 15th, which the clock says. */
const NOVEMBER = -14.5 * DAY;

async function openAutumn(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await ensurePartitions(
    world.prisma,
    ['2026-08-01', '2026-09-01', '2026-10-01'].map((day) => new Date(`${day}T00:00:00Z`)),
  );
  return world;
}

/** And what is older: at midnight, all of it is over for 14 days. */
async function removeOctober({ prisma, databaseUrl, clock }: ReportWorld): Promise<number> {
  clock.now = new Date('2026-11-15T00:00:00Z');
  const config = { cleanupOlderThan: { days: 14 }, archiveDir: null };
  const service = new RetentionService({ prisma, databaseUrl, log: LOG, now: () => clock.now, config });
  const report = await service.cleanupNow();
  expect(report).toMatchObject({ complete: true });
  return report.removed;
}

async function rebuilt(world: ReportWorld, name: string) {
  const admin = new ProjectionAdmin({ prisma: world.prisma, plan: demoPlan });
  await admin.rebuild(name);
  await world.fold();
  return (await admin.rebuilds(1))[0];
}

test('a session over the border of what was removed is counted once, where it began', async () => {
  await using world = await openAutumn();
  const { prisma } = world;
  const view = (minutes: number, visitorId: string) => pageView(minutes, { visitorId, sessionId: visitorId });
  await world.record([
    ...[-10, -5, 5, 10].map((minutes) => view(NOVEMBER + minutes, 'over')),
    ...[5, 20].map((minutes) => view(NOVEMBER + minutes, 'behind')),
    view(NOVEMBER - 300, 'before'),
  ]);
  const figures = async () => ({
    sessions: await prisma.visitSession.findMany({ orderBy: { id: 'asc' } }),
    days: await prisma.sessionDay.findMany({ orderBy: [{ day: 'asc' }, { dimension: 'asc' }, { value: 'asc' }] }),
    months: await prisma.sessionMonth.findMany({ orderBy: [{ month: 'asc' }, { dimension: 'asc' }, { value: 'asc' }] }),
  });
  const before = await figures();
  expect(before.sessions).toHaveLength(3);
  expect(await removeOctober(world)).toBe(3);
  expect(await rebuilt(world, 'sessions')).toMatchObject({ phase: 'done', error: null, rowsDiffer: 0 });
  expect(await figures()).toEqual(before);
});

test('conversions keep the touches that brought them after those were removed', async () => {
  await using world = await openAutumn();
  const { prisma } = world;
  const touch = (minutes: number, utmCampaign: string) =>
    pageView(minutes, { visitorId: 'v', sessionId: utmCampaign, touchJson: { utmSource: 'news', utmCampaign } });
  const signed = { eventType: 'license_signed', propsJson: {}, schemaVersion: 1, visitorId: 'v', sessionId: 'signing' };
  await world.record([
    touch(NOVEMBER - 40 * DAY, 'first'),
    touch(NOVEMBER + DAY, 'last'),
    pageView(NOVEMBER + DAY + 5, signed),
  ]);
  const figures = async () => ({
    conversions: await prisma.conversionTouch.findMany(),
    days: await prisma.touchDay.findMany({ orderBy: [{ day: 'asc' }, { model: 'asc' }] }),
    months: await prisma.touchMonth.findMany({ orderBy: [{ month: 'asc' }, { model: 'asc' }] }),
  });
  const before = await figures();
  expect(before.conversions).toMatchObject([{ firstCampaign: 'first', lastCampaign: 'last' }]);
  expect(await removeOctober(world)).toBe(1);
  expect(await rebuilt(world, 'touches')).toMatchObject({ phase: 'done', error: null, rowsDiffer: 0 });
  expect(await figures()).toEqual(before);
});
