import { randomUUID } from 'node:crypto';
import { MOST_SEGMENTS } from '@tallymark/contract/reports/segments';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { insertSegment } from '@tallymark/prisma/stores/segments';
import { addSiteMember } from '@tallymark/prisma/stores/site-members';
import { expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { segmentProcedures } from './stats-segments.ts';
import { router } from './trpc.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000aa';
const HOME = [{ field: 'page', op: 'is', value: '/' } as const];
const PAID = [{ field: 'channel', op: 'is', value: 'paid' } as const];

const segmentsFor = ({ deps }: ReportWorld, session: object | null = { userId: 'an-admin', role: 'admin' }) =>
  router(segmentProcedures()).createCaller({
    requestContext: { session },
    operations: { reports: { ...deps, defaultSiteId: DEFAULT_SITE_ID } },
  } as never).segments;

async function openSites(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'other' } });
  return world;
}

test('a segment is saved, listed, renamed, changed and removed', async () => {
  await using world = await openSites();
  const segments = segmentsFor(world);
  const saved = await segments.save({ name: '  Home  ', filter: HOME });
  const at = NOW.toISOString();
  expect(saved).toEqual({
    id: saved.id,
    name: 'Home',
    filter: HOME,
    createdBy: 'an-admin',
    createdAt: at,
    updatedAt: at,
  });
  await segments.save({ name: 'A paid one', filter: PAID });
  expect((await segments.list({})).segments.map(({ name }) => name)).toEqual(['A paid one', 'Home']);

  world.clock.now = new Date(NOW.getTime() + 1_000);
  const renamed = await segments.update({ id: saved.id, name: 'Front' });
  expect(renamed).toEqual({ ...saved, name: 'Front', updatedAt: world.clock.now.toISOString() });
  expect(await segments.update({ id: saved.id, filter: PAID })).toEqual({ ...renamed, filter: PAID });
  expect(await segments.remove({ id: saved.id })).toEqual({ id: saved.id });
  expect((await segments.list()).segments.map(({ name }) => name)).toEqual(['A paid one']);
});

test('a name is taken once on a site', async () => {
  await using world = await openSites();
  const segments = segmentsFor(world);
  await segments.save({ name: 'Home', filter: HOME });
  const paid = await segments.save({ name: 'Paid', filter: PAID });
  const conflict = { code: 'CONFLICT', message: 'The site has a segment "Home" already. Choose another name.' };
  await expect(segments.save({ name: 'Home', filter: PAID })).rejects.toMatchObject(conflict);
  await expect(segments.update({ id: paid.id, name: 'Home' })).rejects.toMatchObject(conflict);
  expect((await segments.list()).segments).toMatchObject([
    { name: 'Home', filter: HOME },
    { name: 'Paid', filter: PAID },
  ]);
  await segments.save({ name: 'Home', filter: HOME, siteId: OTHER_SITE });
  expect(await segments.update({ id: paid.id, name: 'Paid' })).toMatchObject({ name: 'Paid' });
});

test('segments of another site are none', async () => {
  await using world = await openSites();
  const segments = segmentsFor(world);
  const { id } = await segments.save({ name: 'Home', filter: HOME, siteId: OTHER_SITE });
  expect((await segments.list()).segments).toEqual([]);
  const missing = { code: 'NOT_FOUND' };
  await expect(segments.update({ id, name: 'Mine' })).rejects.toMatchObject(missing);
  await expect(segments.remove({ id })).rejects.toMatchObject(missing);
  await expect(segments.preview({ segmentId: id })).rejects.toMatchObject(missing);
  expect((await segments.list({ siteId: OTHER_SITE })).segments).toMatchObject([{ id, name: 'Home' }]);
});

test('viewers see segments, editors save them', async () => {
  await using world = await openSites();
  const { id } = await segmentsFor(world).save({ name: 'Home', filter: HOME });
  for (const role of ['viewer', 'editor'] as const) {
    await addSiteMember(world.prisma, { siteId: DEFAULT_SITE_ID, userId: role, role }, NOW);
  }
  const viewer = segmentsFor(world, { userId: 'viewer', role: 'user' });
  expect((await viewer.list()).segments).toHaveLength(1);
  await viewer.preview({ segmentId: id });
  const forbidden = { code: 'FORBIDDEN' };
  await expect(viewer.save({ name: 'Mine', filter: HOME })).rejects.toMatchObject(forbidden);
  await expect(viewer.update({ id, name: 'Mine' })).rejects.toMatchObject(forbidden);
  await expect(viewer.remove({ id })).rejects.toMatchObject(forbidden);
  const editor = segmentsFor(world, { userId: 'editor', role: 'user' });
  expect(await editor.save({ name: 'Mine', filter: HOME })).toMatchObject({ createdBy: 'editor' });
  expect(await editor.update({ id, name: 'Front' })).toMatchObject({ name: 'Front', createdBy: 'an-admin' });
  await editor.remove({ id });
});

test('a filter that could not be asked with is not saved', async () => {
  await using world = await openSites();
  const segments = segmentsFor(world);
  const { id } = await segments.save({ name: 'Home', filter: HOME });
  const bad: [object, string][] = [
    [{ field: 'colour', op: 'is', value: 'red' }, 'is neither a field nor'],
    [{ field: 'prop:colour', op: 'is', value: 'red' }, '"colour" is no prop of any type of the plan'],
    [{ field: 'channel', op: 'above', value: 1 }, 'is for \\"value\\" and for props'],
    [{ field: 'channel', op: 'is', value: 'a\0b' }, 'has a character that no event has'],
    [{ field: 'channel', op: 'in', value: ['a', '\ud800'] }, 'has a character that no event has'],
    [{ field: 'channel', op: 'is' }, 'takes one value'],
  ];
  for (const [condition, message] of bad) {
    const filter = [condition] as never;
    const refused = { code: 'BAD_REQUEST', message: expect.stringContaining(message) };
    await expect(segments.save({ name: 'Bad', filter })).rejects.toMatchObject(refused);
    await expect(segments.update({ id, filter })).rejects.toMatchObject(refused);
    await expect(segments.preview({ filter })).rejects.toMatchObject(refused);
  }
  await expect(segments.save({ name: 'Empty', filter: [] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(segments.save({ name: ' ', filter: HOME })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(segments.save({ name: 'a\0b', filter: HOME })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(segments.update({ id })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await segments.save({ name: 'Good', filter: [{ field: 'prop:bytes', op: 'above', value: 1 }] });
  expect((await segments.list()).segments).toMatchObject([{ name: 'Good' }, { name: 'Home', filter: HOME }]);
});

test('a preview holds the last seven days', async () => {
  await using world = await openSites();
  const day = 24 * 60;
  await world.record([
    pageView(-7 * day - 1, { visitorId: 'too-early' }),
    pageView(-7 * day, { visitorId: 'anna' }),
    pageView(-5, { visitorId: 'anna', samplingRate: 50 }),
    pageView(-4, { visitorId: 'bert', propsJson: { path: '/prices' } }),
    pageView(-3, { visitorId: 'cleo', userAgent: 'Googlebot/2.1' }),
    pageView(0, { visitorId: 'too-late' }),
  ]);
  const segments = segmentsFor(world);
  const { id } = await segments.save({ name: 'Home', filter: HOME });
  const period = { siteId: DEFAULT_SITE_ID, from: '2026-11-08T12:00:00.000Z', to: NOW.toISOString() };
  // One of two was kept: the variance of its weight of 2 is 2 × 2 × (1 − ½).
  const sampled = { standard: Math.SQRT2, reason: 'sampling' };
  expect(await segments.preview({ segmentId: id })).toEqual({
    scope: { ...period, incompleteBefore: null },
    events: { value: 4, error: sampled },
    visitors: { value: 2, error: null },
  });
  expect(await segments.preview({ segmentId: id, bots: 'exclude' })).toMatchObject({
    events: { value: 3 },
    visitors: { value: 1 },
  });
  const prices = [{ field: 'prop:path', op: 'startsWith', value: '/p' } as const];
  expect(await segments.preview({ filter: prices })).toMatchObject({ events: { value: 1, error: null } });
  expect(await segments.preview({ filter: prices, segmentId: id })).toMatchObject({ events: { value: 0 } });
  expect(await segments.preview({})).toMatchObject({ events: { value: 5 }, visitors: { value: 3 } });
});

test('a site has only so many', async () => {
  await using world = await openSites();
  const save = (n: number, most: number) =>
    insertSegment(
      world.prisma,
      { id: randomUUID(), siteId: DEFAULT_SITE_ID, name: `${n}`, filter: HOME, createdBy: 'x', at: NOW },
      most,
    );
  expect(await save(1, 2)).toMatchObject({ name: '1' });
  expect(await save(2, 2)).toMatchObject({ name: '2' });
  expect(await save(3, 2)).toBe('full');
  expect(await save(2, 2)).toBe('taken');
  for (let n = 3; n <= MOST_SEGMENTS; n += 1) await save(n, MOST_SEGMENTS);
  await expect(segmentsFor(world).save({ name: 'One more', filter: HOME })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(`${MOST_SEGMENTS} segments`),
  });
});
