import { randomUUID } from 'node:crypto';
import { eventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { unmarkDuplicates } from '@tallymark/prisma/stores/duplicates-unmark';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAC_CHROME, pageView, store } from '../test-support/enrichment-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askEventDetail } from './event-detail.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000aa';

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const detail = async (id = '', site = DEFAULT_SITE_ID) =>
  eventDetailAnswer.parse(await askEventDetail(world.deps, site, id));

test('tells everything that is known of an event', async () => {
  const touch = { utmSource: 'newsletter', utmMedium: 'email' };
  const [first, second, third] = await world.record([
    pageView(-10, { sessionId: 'whole', userAgent: MAC_CHROME, touchJson: touch, propsJson: { path: '/a' } }),
    pageView(-8, {
      sessionId: 'whole',
      userAgent: MAC_CHROME,
      idempotencyKey: 'key',
      correlationId: 'correlation',
      clientVersion: 'web/1.2.0',
      retentionExempt: true,
      schemaVersion: 2,
      sentJson: { version: 1, props: { url: '/b' } },
      propsJson: { path: '/b' },
    }),
    pageView(-5, { sessionId: 'whole', userAgent: MAC_CHROME, entityType: 'asset', entityId: 'e' }),
  ]);
  const answer = await detail(second);
  expect(answer).toMatchObject({
    siteId: DEFAULT_SITE_ID,
    event: {
      id: second,
      props: { path: '/b' },
      storedProps: { path: '/b' },
      sent: { version: 1, props: { url: '/b' } },
      idempotencyKey: 'key',
      correlationId: 'correlation',
      clientVersion: 'web/1.2.0',
      retentionExempt: true,
      workedOutSessionId: first,
      channel: 'email',
    },
    duplicate: null,
    attribution: { browser: 'Chrome', os: expect.stringContaining('mac'), isBot: false, ...touch },
    session: {
      id: first,
      startedAt: '2026-11-15T11:50:00.000Z',
      durationMs: 120_000,
      sequence: 2,
      endedAt: '2026-11-15T11:55:00.000Z',
    },
    snapshot: null,
    touch: null,
  });
  const short = { eventType: 'page_viewed', entityType: null, entityId: null };
  expect(answer.neighbours).toEqual({
    before: [{ ...short, id: first, occurredAt: '2026-11-15T11:50:00.000Z', page: '/a' }],
    after: [
      { ...short, id: third, occurredAt: '2026-11-15T11:55:00.000Z', page: '/', entityType: 'asset', entityId: 'e' },
    ],
  });
  expect((await detail(first)).touch).toEqual(touch);
});

test('has the twenty neighbours that are nearest, of the same session alone', async () => {
  const rows = Array.from({ length: 45 }, (_, n) => pageView(-20 + n / 10, { sessionId: 'long' }));
  const ids = await world.record([...rows, pageView(-18.01, { sessionId: 'another', visitorId: 'somebody' })]);
  const { neighbours } = await detail(ids[22]);
  expect(neighbours.before.map(({ id }) => id)).toEqual(ids.slice(2, 22));
  expect(neighbours.after.map(({ id }) => id)).toEqual(ids.slice(23, 43));
  expect((await detail(ids[0])).neighbours.before).toEqual([]);
});

test('an event of an older version has the props of today, and those it is stored with', async () => {
  const [id] = await world.record([pageView(-5, { sessionId: 'old', schemaVersion: 1, propsJson: { url: '/old' } })]);
  const { event } = await detail(id);
  expect(event).toMatchObject({ schemaVersion: 1, props: { path: '/old' }, storedProps: { url: '/old' } });
});

test('a duplicate says of what, and since when; a mark that was taken back says nothing', async () => {
  const [first = '', second = ''] = await world.record([
    pageView(-5, { sessionId: 'twice' }),
    pageView(-4, { sessionId: 'twice' }),
  ]);
  const runId = randomUUID();
  await markDuplicates(world.prisma, runId, [{ id: second, duplicateOf: first }]);
  await world.fold();
  const marked = await detail(second);
  expect(marked.duplicate).toEqual({ duplicateOf: first, markedAt: expect.any(String), runId });
  expect(marked.event).toMatchObject({ duplicateOf: first, props: { path: '/' }, storedProps: { path: '/' } });
  expect(marked.neighbours).toMatchObject({ before: [{ id: first }], after: [] });
  expect((await detail(first)).neighbours.after).toEqual([]);
  await unmarkDuplicates(world.prisma, [second]);
  expect((await detail(second)).duplicate).toBeNull();
});

test('an event that is not enriched has no session yet', async () => {
  const [id] = await store(world.prisma, [pageView(-5, { sessionId: 'new' })]);
  expect(await detail(id)).toMatchObject({
    event: { id, isBot: null },
    attribution: null,
    session: null,
    neighbours: { before: [], after: [] },
  });
});

test('an event of another site is none', async () => {
  await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'other' } });
  const [id] = await world.record([pageView(-5, { siteId: OTHER_SITE })]);
  expect((await detail(id, OTHER_SITE)).event.id).toBe(id);
  await expect(detail(id)).rejects.toMatchObject({ code: 'unknown_event' });
  await expect(detail(randomUUID())).rejects.toMatchObject({ code: 'unknown_event' });
});

test('what a host wrote by hand does not keep the rest from being told', async () => {
  const [id = ''] = await world.record([pageView(-5, { sessionId: 'hand', propsJson: ['a', 'list'], touchJson: 7 })]);
  await world.prisma.$executeRawUnsafe(`UPDATE events SET received_at = 'infinity' WHERE id = '${id}'`);
  await world.prisma.$executeRawUnsafe(
    `UPDATE attribution SET session_json = '{"id": "mine"}', snapshot_json = '{}', click_ids_json = '3' WHERE event_id = '${id}'`,
  );
  expect(await detail(id)).toMatchObject({ event: { id, props: {} }, session: null, snapshot: null, touch: null });
});
