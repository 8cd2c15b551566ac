import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillWithDemoData } from './demo-data.ts';
import { startWeb, type WebProcess } from './web-process.ts';

const START_MS = 60_000;

// The build holds classes of errors for the server and for its routes: what one throws the other has to know.
describe('what the built app refuses', () => {
  const ends: (() => Promise<unknown>)[] = [];
  let web: WebProcess;
  let cookie: string;

  beforeAll(async () => {
    const [database, redis] = await Promise.all([cloneDatabase(), testRedis()]);
    ends.push(
      async () => database[Symbol.asyncDispose](),
      async () => redis[Symbol.asyncDispose](),
    );
    const admin = await fillWithDemoData(database.url);
    web = await startWeb({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: { TRACKING_BUFFER_MAX_BYTES: '65536' },
    });
    ends.unshift(() => web.stop());
    const signedIn = await fetch(`${web.baseUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: web.baseUrl },
      body: JSON.stringify({ email: admin.email, password: admin.password }),
    });
    cookie = signedIn.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
  }, START_MS);

  afterAll(async () => {
    for (const end of ends) await end();
  });

  const post = (path: string, body: unknown) =>
    fetch(`${web.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('a full buffer is a 429 that says when to come back, on every way in', async () => {
    const events = Array.from({ length: 50 }, (_, n) => ({
      eventType: 'page_viewed',
      source: 'web',
      props: { path: `/${n}` },
    }));
    let answer = await post('/api/events', { events });
    for (let n = 0; n < 200 && answer.status === 200; n += 1) answer = await post('/api/events', { events });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const batch = await post('/api/trpc/eventIngestion.trackBatch?batch=1', { 0: { json: { events } } });
    expect(batch.status).toBe(429);
    expect(Number(batch.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('what an admin gets wrong is told as what it is', async () => {
    const answer = await fetch(`${web.baseUrl}/api/trpc/projections.resume`, {
      method: 'POST',
      headers: { cookie, origin: web.baseUrl, 'content-type': 'application/json' },
      body: JSON.stringify({ json: { name: 'nothing' } }),
    });
    expect(await answer.json()).toMatchObject({
      error: { json: { message: expect.stringContaining('There is no projection "nothing"') } },
    });
    expect(answer.status).toBe(404);
  });
});
