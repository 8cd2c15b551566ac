import { randomUUID } from 'node:crypto';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { insertSegment } from '@tallymark/prisma/stores/segments';
import { expect, test } from 'vitest';
import { questionsOf } from '../http/question-catalogue.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createEventsRouter } from './events.ts';
import { router } from './trpc.ts';

const PERIOD = {
  from: new Date(NOW.getTime() - 86_400_000).toISOString(),
  to: new Date(NOW.getTime() + 86_400_000).toISOString(),
};

const callerOf = ({ deps }: ReportWorld) =>
  createEventsRouter(demoPlan).createCaller({
    requestContext: { session: { userId: 'an-admin', role: 'admin' } },
    operations: { reports: { ...deps, defaultSiteId: DEFAULT_SITE_ID } },
  } as never);

test('events are searched for and looked at on the site of the request', async () => {
  await using world = await openReportWorld();
  const ids = await world.record([
    pageView(-20, { propsJson: { path: '/' } }),
    pageView(-10, { propsJson: { path: '/prices' } }),
    pageView(-5, { propsJson: { path: '/' } }),
  ]);
  const events = callerOf(world);
  const first = await events.search({ ...PERIOD, limit: 2 });
  expect(first.events.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
  const second = await events.search({ ...PERIOD, cursor: first.nextCursor ?? '' });
  expect(second).toMatchObject({ scope: PERIOD, events: [{ id: ids[0] }], nextCursor: null, scannedTo: null });

  const prices = await events.search({ ...PERIOD, eventType: 'page_viewed', props: { path: { is: '/prices' } } });
  expect(prices.events).toMatchObject([{ id: ids[1] }]);
  expect(await events.byId({ id: ids[1]?.toUpperCase() ?? '' })).toMatchObject({
    event: { id: ids[1] },
    neighbours: { before: [{ id: ids[0] }], after: [{ id: ids[2] }] },
  });
  await expect(events.byId({ id: randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a segment is met beside everything else', async () => {
  await using world = await openReportWorld();
  const [a] = await world.record([
    pageView(-20, { propsJson: { path: '/' } }),
    pageView(-10, { propsJson: { path: '/prices' } }),
  ]);
  const segmentId = randomUUID();
  const filter = [{ field: 'page', op: 'is', value: '/' } as const];
  const saved = { id: segmentId, siteId: DEFAULT_SITE_ID, name: 'home', filter, createdBy: 'x', at: NOW };
  await insertSegment(world.prisma, saved, 10);
  const events = callerOf(world);
  expect((await events.search({ ...PERIOD, segmentId })).events).toMatchObject([{ id: a }]);
  await expect(events.search({ ...PERIOD, segmentId: randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what nobody could have meant is refused with what there is', async () => {
  await using world = await openReportWorld();
  const { search } = callerOf(world);
  const ask = (more: object) => search({ ...PERIOD, ...more } as never);
  const refused = (message: string) =>
    expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringContaining(message) });
  await expect(ask({ eventType: 'asset_viewed', props: { duration: { is: 1 } } })).rejects.toEqual(
    refused('There are view_duration_ms, referrer.'),
  );
  await expect(ask({ props: { path: { is: 1 } } })).rejects.toEqual(refused('"path" is a text'));
  await expect(ask({ props: { path: {} } })).rejects.toEqual(refused('says nothing'));
  await expect(ask({ props: { path: { is: 'a\0b' } } })).rejects.toEqual(refused('has a character that no event has'));
  await expect(ask({ props: { path: { is: '\ud800' } } })).rejects.toEqual(refused('has a character'));
  await expect(ask({ visitorId: 'a\0b' })).rejects.toEqual(refused('has a character that no event has'));
  await expect(ask({ limit: 201 })).rejects.toEqual(refused('200'));
  await expect(ask({ cursor: 'x' })).rejects.toEqual(refused('The cursor is not one'));
  await expect(ask({ colour: 'red' })).rejects.toEqual(refused('colour'));
});

test('both are questions of the plain JSON API, and a search is read page by page', () => {
  const questions = questionsOf(router({ events: createEventsRouter(demoPlan) }));
  expect([...questions.keys()]).toEqual(['events.byId', 'events.search']);
  expect(questions.get('events.search')?.paged).toBe(true);
  expect(questions.get('events.search')?.lists.map(({ field }) => field)).toEqual(['events']);
  expect([...(questions.get('events.search')?.parameters.keys() ?? [])]).toContain('props');
});
