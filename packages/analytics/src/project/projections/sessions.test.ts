import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { expect, test } from 'vitest';
import { MAC_CHROME, pageView, store } from '../../test-support/enrichment-world.ts';
import { foldFactsAlone, foldNext } from '../../test-support/fold-behind.ts';
import { openReportWorld, type ReportWorld } from '../../test-support/report-world.ts';
import { sessionsProjection } from './sessions.ts';

const page = (minutes: number, path: string, more: object = {}) =>
  pageView(minutes, { visitorId: 'v', propsJson: { path }, ...more });

const sessionsOf = ({ prisma }: ReportWorld) => prisma.visitSession.findMany({ orderBy: { startedAt: 'asc' } });
const daysOf = ({ prisma }: ReportWorld) => prisma.sessionDay.findMany({ where: { dimension: '' } });

/** As retention does: facts go with their events, and nothing is folded. */
async function retain({ prisma }: ReportWorld, ids: readonly string[]): Promise<void> {
  const taken = { in: [...ids] };
  await prisma.attribution.deleteMany({ where: { eventId: taken } });
  await prisma.eventFact.deleteMany({ where: { id: taken } });
  await prisma.event.deleteMany({ where: { id: taken } });
}

test('a session of one event has bounced, until a second one comes', async () => {
  await using world = await openReportWorld();
  await world.record([page(0, '/a')]);
  expect(await daysOf(world)).toMatchObject([{ sessions: 1n, bounces: 1n, pageViews: 1n, seconds: 0 }]);
  await world.record([page(2, '/b')]);
  expect(await daysOf(world)).toMatchObject([{ sessions: 1n, bounces: 0n, pageViews: 2n, seconds: 120 }]);
});

test('what follows on a session is added without the facts that are known of it', async () => {
  await using world = await openReportWorld();
  const known = await world.record([page(0, '/a'), page(1, '/b')]);
  // Enrichment still finds the session; facts are not there to be read again.
  await world.prisma.eventFact.deleteMany({ where: { id: { in: known } } });
  await world.record([page(2, '/c')]);
  expect(await sessionsOf(world)).toMatchObject([{ stored: 3n, pageViews: 3n, entryPage: '/a', exitPage: '/c' }]);
});

test('page views of the second that a session ends with are in order of their ids, and so are its last and first', async () => {
  await using world = await openReportWorld();
  const login = page(0, '', { eventType: 'user_login', propsJson: {} });
  const [first = '', second = '', third = ''] = [page(1, ''), page(1, ''), page(1, '')].map(({ id }) => id).sort();
  await world.record([login, page(1, '/second', { id: second })]);
  await world.record([page(1, '/third', { id: third })]);
  expect(await sessionsOf(world)).toMatchObject([{ entryPage: '/second', exitPage: '/third' }]);
  await world.record([page(1, '/first', { id: first })]);
  expect(await sessionsOf(world)).toMatchObject([{ stored: 4n, entryPage: '/first', exitPage: '/third' }]);
});

test('of facts as a session begins, the one of the lowest id tells what it is', async () => {
  await using world = await openReportWorld();
  const action = { eventType: 'user_login', propsJson: {} };
  const [lower = '', higher = ''] = [page(1, ''), page(1, '')].map(({ id }) => id).sort();
  const [opening = ''] = await world.record([page(0, '/a'), page(1, '', { ...action, id: higher })]);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: opening, duplicateOf: higher }]);
  await world.fold();
  expect(await sessionsOf(world)).toMatchObject([{ id: opening, stored: 1n, deviceType: null }]);
  await world.record([page(1, '', { ...action, id: lower, userAgent: MAC_CHROME })]);
  expect(await sessionsOf(world)).toMatchObject([
    { id: opening, stored: 2n, deviceType: 'desktop', browser: 'Chrome' },
  ]);
});

test('a session that is read again is what it was at its fold, however far facts are', async () => {
  await using world = await openReportWorld();
  const [first = '', , third = ''] = await world.record([page(0, '/a'), page(1, '/b'), page(2, '/c')]);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: first, duplicateOf: third }]);
  await foldFactsAlone(world);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: third, duplicateOf: first }]);
  await foldFactsAlone(world);
  await world.enrichment.enrichEvents(await store(world.prisma, [page(3, '/d')]));
  await foldFactsAlone(world);
  const states: unknown[] = [];
  for (let folds = 0; folds < 3; folds += 1) {
    await foldNext(world, sessionsProjection);
    states.push(...(await sessionsOf(world)).map((one) => [one.entryPage, one.exitPage, one.stored, one.pageViews]));
  }
  expect(states).toEqual([
    ['/b', '/c', 2n, 2n],
    ['/b', '/b', 1n, 1n],
    ['/b', '/d', 2n, 2n],
  ]);
});

test('so is one whose last page view is tied with one that facts have lost already', async () => {
  await using world = await openReportWorld();
  const [lower = '', higher = ''] = [page(1, ''), page(1, '')].map(({ id }) => id).sort();
  const [opening = ''] = await world.record([page(0, '/a'), page(1, '/known', { id: higher })]);
  await world.enrichment.enrichEvents(await store(world.prisma, [page(1, '/new', { id: lower })]));
  await foldFactsAlone(world);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: higher, duplicateOf: opening }]);
  await foldFactsAlone(world);
  await foldNext(world, sessionsProjection);
  expect(await sessionsOf(world)).toMatchObject([{ exitPage: '/known', stored: 3n }]);
  await foldNext(world, sessionsProjection);
  expect(await sessionsOf(world)).toMatchObject([{ exitPage: '/new', stored: 2n }]);
});

test('a session that loses its last event goes, and so do the cells it was alone in', async () => {
  await using world = await openReportWorld();
  const [first = '', second = ''] = await world.record([page(0, '/a'), page(1, '/b')]);
  await markDuplicates(
    world.prisma,
    uuidV7(0),
    [first, second].map((id) => ({ id, duplicateOf: first })),
  );
  await world.fold();
  expect(await sessionsOf(world)).toEqual([]);
  expect(await daysOf(world)).toEqual([]);
});

test('a session keeps what facts said that retention took; corrections of the others are counted', async () => {
  await using world = await openReportWorld();
  const [first = '', , third = ''] = await world.record([page(0, '/a'), page(1, '/b'), page(2, '/c')]);
  await retain(world, [first]);
  await markDuplicates(world.prisma, uuidV7(0), [{ id: third, duplicateOf: first }]);
  await world.fold();
  expect(await sessionsOf(world)).toMatchObject([{ stored: 2n, pageViews: 2n, entryPage: '/a' }]);
  expect(await daysOf(world)).toMatchObject([{ sessions: 1n, pageViews: 2n, bounces: 0n }]);
});
