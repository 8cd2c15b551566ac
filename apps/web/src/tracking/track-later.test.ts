import { UserEventHelpers } from '@tallymark/analytics/helpers/user';
import { IngestError } from '@tallymark/contract/errors';
import type { Receipt } from '@tallymark/contract/receipt';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createTrackLater } from './track-later.ts';

const login = () => UserEventHelpers.trackUserLogin('somebody', { loginMethod: 'password', success: true });
const accepted: Receipt = { status: 'accepted', id: '0198c0de-0000-7000-8000-000000000001' };

/** `schedule` keeps the tasks until `answer()`, as Next does until the answer is out. */
function world(ingest: () => Promise<Receipt>) {
  const waiting: (() => Promise<void>)[] = [];
  const lines: { msg: string }[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const tracking = createTrackLater({ eventIngestion: { ingest }, schedule: (task) => waiting.push(task), log });
  const answer = () => Promise.all(waiting.splice(0).map((task) => task()));
  return { ...tracking, answer, messages: () => lines.map(({ msg }) => msg) };
}

it('ingests once the answer is out, and not before', async () => {
  let ingested = 0;
  const { trackLater, answer, settled } = world(async () => {
    ingested += 1;
    return accepted;
  });
  trackLater(login, {});
  expect(ingested).toBe(0);
  const allDone = settled();
  await answer();
  await allDone;
  expect(ingested).toBe(1);
});

it('logs a store that cannot take it, and throws nothing', async () => {
  const { trackLater, answer, settled, messages } = world(() =>
    Promise.reject(new IngestError('stores_unavailable', 2)),
  );
  trackLater(login, {});
  await answer();
  await settled();
  expect(messages()).toEqual(['event could not be tracked']);
});

it('logs an event that cannot be made, and throws nothing', async () => {
  const { trackLater, answer, messages } = world(async () => accepted);
  trackLater(() => Promise.reject(new Error('no such user')), {});
  await answer();
  expect(messages()).toEqual(['event could not be tracked']);
});

it('logs a rejected event', async () => {
  const rejection: Receipt = { status: 'rejected', reason: 'invalid_props', message: 'no', retryable: false };
  const { trackLater, answer, messages } = world(async () => rejection);
  trackLater(login, {});
  await answer();
  expect(messages()).toEqual(['event was rejected']);
});

it('survives a place where nothing can be scheduled', async () => {
  const log = pino({ level: 'silent' });
  const schedule = () => {
    throw new Error('outside a request');
  };
  const { trackLater, settled } = createTrackLater({ eventIngestion: { ingest: async () => accepted }, schedule, log });
  trackLater(login, {});
  await settled();
});
