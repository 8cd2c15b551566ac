import { demoPlan } from '@tallymark/contract/demo-plan';
import type { EventRow } from '@tallymark/contract/event-row';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { LiveStream } from '@tallymark/redis/live-stream';
import { eventually } from '@tallymark/testing/eventually';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { readLiveEvents } from '../report/live/live-wire.ts';
import { LOG, manyViewed, NOW, openOwnWorld, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { LivePublisher } from './live-publisher.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000ff';

const publisherOn = (stream: LiveStream, mostWaiting?: number) =>
  new LivePublisher({ stream, plan: demoPlan, hashSalt: 'salt', log: LOG, mostWaiting });

/** What the stream of the default site holds. */
async function published(stream: LiveStream) {
  const entries = await stream.open(DEFAULT_SITE_ID);
  return {
    entries: entries.length,
    events: entries.flatMap(({ json }) => readLiveEvents(json)),
    lost: entries.reduce((sum, { lost }) => sum + lost, 0),
  };
}

test('accepted events are shown in their order, aggregated ones too; others are not', async () => {
  await using world = await openWorld();
  const stream = new LiveStream(world.redis);
  const live = publisherOn(stream);
  const service = await world.service({ live, enableThrottling: false });
  const first = viewed();
  const receipts = await service.ingestPublic(
    [
      first,
      viewed({ eventType: 'page_viewed', entityId: undefined, props: { path: `/${'long'.repeat(100)}` } }),
      viewed({ eventType: 'unknown' }),
      first,
      viewed({ eventType: 'scrolled', entityId: undefined, props: { path: '/', depth: 0.5 } }),
    ],
    { visitorId: 'anna' },
  );
  expect(receipts.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'rejected', 'duplicate', 'accepted']);
  await live.close();
  const { entries, events } = await published(stream);
  const visitor = events[0]?.visitor;
  expect(visitor).toMatch(/^[\w-]{10}$/);
  const ids = receipts.map((receipt) => ('id' in receipt ? receipt.id : null));
  const at = { occurredAt: NOW.toISOString(), receivedAt: NOW.toISOString(), source: 'web', visitor };
  const none = { page: null, entityType: null, entityId: null };
  expect(events).toEqual([
    { ...at, ...none, id: ids[0], eventType: 'asset_viewed', entityType: 'asset', entityId: first.entityId },
    { ...at, ...none, id: ids[1], eventType: 'page_viewed', page: `/${'long'.repeat(100)}`.slice(0, 300) },
    { ...at, ...none, id: ids[4], eventType: 'scrolled' },
  ]);
  // What was accepted together is in one entry.
  expect(entries).toBe(1);
});

test('a visitor is told from others on a site, and not recognised on another', async () => {
  await using world = await openWorld();
  const stream = new LiveStream(world.redis);
  const live = publisherOn(stream);
  const service = await world.service({ live });
  for (const visitorId of ['anna', 'ben', 'anna']) await service.ingest(viewed(), { visitorId });
  await service.ingest(viewed());
  await live.close();
  const [anna, ben, again, nobody] = (await published(stream)).events.map(({ visitor }) => visitor);
  expect([again, nobody]).toEqual([anna, null]);
  expect(ben).not.toBe(anna);

  const row = { id: '1', siteId: OTHER_SITE, eventType: 'asset_viewed', visitorId: 'anna' } as EventRow;
  const elsewhere = publisherOn(stream);
  elsewhere.publish([{ outcome: { row } }], [{ status: 'accepted', id: '1' }]);
  await elsewhere.close();
  const [entry] = await stream.open(OTHER_SITE);
  expect(readLiveEvents(entry?.json ?? '[]')[0]?.visitor).not.toBe(anna);
});

test('beyond what may wait, events are left out and counted', async () => {
  await using world = await openWorld();
  const stream = new LiveStream(world.redis);
  const live = publisherOn(stream, 3);
  const service = await world.service({ live });
  await service.ingestBatch(manyViewed(5));
  await live.close();
  const { events, lost } = await published(stream);
  expect([events.length, lost]).toEqual([3, 2]);
});

test('while Redis is away ingest goes on, and what nobody saw is counted once it is back', async () => {
  await using world = await openOwnWorld();
  const stream = new LiveStream(world.redis);
  const noted: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void noted.push(line) });
  const live = new LivePublisher({ stream, plan: demoPlan, hashSalt: 'salt', log });
  const service = await world.service({ live });
  await service.ingest(viewed());
  await eventually(async () => (await published(stream)).events.length === 1);
  await world.redisServer.crash();
  const receipts = await service.ingestBatch(manyViewed(4));
  expect(receipts.map(({ status }) => status)).toEqual(Array(4).fill('accepted'));
  await eventually(() => noted.length > 0);
  await world.redisServer.restart();
  await eventually(async () => (await published(stream)).lost > 0);
  const { events, lost } = await published(stream);
  expect([events.length, lost]).toEqual([1, 4]);
  await live.close();
});
