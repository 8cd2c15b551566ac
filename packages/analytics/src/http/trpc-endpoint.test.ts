import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { LIMITS } from '@tallymark/contract/limits';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createEventIngestionRouter } from '../routers/event-ingestion.ts';
import { router } from '../routers/trpc.ts';
import { type IngestionWorld, LOG, manyViewed, NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { requestContextFrom } from './request-context.ts';
import { handleTrpc } from './trpc-endpoint.ts';

const appRouter = router({ eventIngestion: createEventIngestionRouter<DemoPlan>() });
const ENDPOINT = '/api/trpc';

async function openEndpoint(
  world: IngestionWorld,
  { role, ...options }: { role?: string; maxBufferBytes?: number } = {},
) {
  const eventIngestion = await world.service(options);
  const session = role === undefined ? null : { userId: 'user-1', role };
  const deps = {
    router: appRouter,
    endpoint: ENDPOINT,
    log: LOG,
    requestContext: async ({ headers }: Request) => requestContextFrom({ headers, session, trustedProxyHops: 0 }),
    createContext: (requestContext: ReturnType<typeof requestContextFrom>) => ({ eventIngestion, requestContext }),
  };
  const request = (path: string, init: RequestInit) =>
    handleTrpc(deps, new Request(`http://localhost${ENDPOINT}/${path}`, init));
  const post = (path: string, body: string) => {
    const headers = { 'content-type': 'application/json', 'x-correlation-id': 'c-1' };
    return request(path, { method: 'POST', headers, body });
  };
  const call = (path: string, input: unknown) => post(path, JSON.stringify(superjson.serialize(input)));
  return { eventIngestion, request, post, call };
}

const answer = z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) });
const failure = z.object({
  error: z.object({ json: z.object({ data: z.record(z.string(), z.unknown()) }) }),
});
const dataOf = async (response: Response) => answer.parse(await response.json()).result.data.json;
const errorOf = async (response: Response) => failure.parse(await response.json()).error.json;

describe('the ingest procedures over HTTP', () => {
  test('track and trackBatch answer receipts; Dates travel', async () => {
    await using world = await openWorld();
    const { eventIngestion, call } = await openEndpoint(world);
    const event = viewed({ occurredAt: new Date('2026-11-15T11:00:00.000Z') });
    const first = await call('eventIngestion.track', event);
    expect([first.status, first.headers.get('x-correlation-id')]).toEqual([200, 'c-1']);
    expect(await dataOf(first)).toMatchObject({ status: 'accepted' });
    const batch = await call('eventIngestion.trackBatch', { events: [event, { ...event, props: 1 }, viewed()] });
    expect(await dataOf(batch)).toMatchObject([
      { status: 'duplicate' },
      { reason: 'invalid_event' },
      { status: 'accepted' },
    ]);
    await eventIngestion.forceFlush();
    expect(await world.prisma.event.count({ where: { correlationId: 'c-1' } })).toBe(2);
  });

  test('a batch has at most 50 events, and at least one', async () => {
    await using world = await openWorld();
    const { call } = await openEndpoint(world);
    const statusFor = async (count: number) =>
      (await call('eventIngestion.trackBatch', { events: manyViewed(count) })).status;
    expect(await statusFor(LIMITS.eventsPerBatch)).toBe(200);
    expect(await statusFor(LIMITS.eventsPerBatch + 1)).toBe(400);
    expect(await statusFor(0)).toBe(400);
  });

  test('getStats and forceFlush are for admins', async () => {
    await using world = await openWorld();
    for (const [role, status, code] of [
      [undefined, 401, 'UNAUTHORIZED'],
      ['user', 403, 'FORBIDDEN'],
      ['Admin', 403, 'FORBIDDEN'],
    ] as const) {
      const { call, request } = await openEndpoint(world, role === undefined ? {} : { role });
      for (const response of [
        await request('eventIngestion.getStats', { method: 'GET' }),
        await call('eventIngestion.forceFlush', undefined),
      ]) {
        expect(response.status).toBe(status);
        const error = await errorOf(response);
        expect(error.data).toMatchObject({ code });
        expect(error.data.stack).toBeNull();
      }
    }
    const { call, request } = await openEndpoint(world, { role: 'admin' });
    await call('eventIngestion.track', viewed());
    expect(await dataOf(await request('eventIngestion.getStats', { method: 'GET' }))).toMatchObject({ bufferSize: 1 });
    expect(await dataOf(await call('eventIngestion.forceFlush', undefined))).toEqual({ complete: true, remaining: 0 });
  });

  test('a full buffer is a 429 that says when to come back', async () => {
    await using world = await openWorld();
    const { call } = await openEndpoint(world, { maxBufferBytes: 0 });
    const response = await call('eventIngestion.track', viewed());
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '10']);
    expect((await errorOf(response)).data).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 10 });
  });
});

describe('hostile requests', () => {
  const TRACK = 'eventIngestion.track';
  const HOSTILE: readonly [string, number, string, string][] = [
    ['cut-off JSON', 400, TRACK, '{"json":{"eventType":'],
    ['an empty body', 400, TRACK, ''],
    ['null', 400, TRACK, 'null'],
    ['a list', 400, TRACK, '[]'],
    ['deep nesting', 400, TRACK, '['.repeat(100_000)],
    ['a body over the cap', 413, TRACK, ' '.repeat(LIMITS.bodyBytes + 1)],
    ['more calls than allowed', 413, `${Array(21).fill(TRACK).join(',')}?batch=1`, '{}'],
    ['thousands of encoded commas', 413, `${'%2C'.repeat(5_000)}?batch=1`, '{}'],
    ['an unknown procedure', 404, 'eventIngestion.drop', '{}'],
    ['a path that does not decode', 400, '%E0%A4%A', '{}'],
    ['prototype pollution', 400, TRACK, '{"json":{"a":1},"meta":{"values":{"__proto__.polluted":["Date"]}}}'],
  ];

  test('have a status of their own, and nothing of them is stored', async () => {
    await using world = await openWorld();
    const { post, eventIngestion } = await openEndpoint(world);
    const statuses: Record<string, number> = {};
    for (const [what, , path, body] of HOSTILE) {
      const response = await post(path, body);
      statuses[what] = response.status;
      expect(response.headers.get('x-correlation-id'), what).toBe('c-1');
      expect(await response.text(), what).not.toMatch(/node_modules|\.ts:/);
    }
    expect(statuses).toEqual(Object.fromEntries(HOSTILE.map(([what, status]) => [what, status])));
    expect('polluted' in {}).toBe(false);
    expect((await eventIngestion.getStats()).totalReceived).toBe(0);
  });

  test('GET on a mutation is a 405', async () => {
    await using world = await openWorld();
    const { request } = await openEndpoint(world);
    expect((await request(`${TRACK}?input=%7B%7D`, { method: 'GET' })).status).toBe(405);
  });

  test('aliases do not multiply a small body', async () => {
    await using world = await openWorld();
    const { post } = await openEndpoint(world);
    // Ten places on each level claim to be the same object: ten to the power of nine values in a few hundred bytes.
    const levels = 8;
    const json = { ...viewed(), props: {} as Record<string, unknown> };
    const referentialEqualities: Record<string, string[]> = {};
    let parent = json.props;
    for (let level = 0; level < levels; level += 1) {
      const child = {};
      for (let n = 0; n < 10; n += 1) parent[`k${n}`] = n === 0 ? child : null;
      parent = child;
    }
    for (let level = levels; level > 0; level -= 1) {
      const path = `props${'.k0'.repeat(level - 1)}`;
      referentialEqualities[`${path}.k0`] = Array.from({ length: 9 }, (_, n) => `${path}.k${n + 1}`);
    }
    const response = await post(TRACK, JSON.stringify({ json, meta: { referentialEqualities } }));
    expect(await dataOf(response)).toMatchObject({ status: 'rejected', reason: 'invalid_props' });
  });

  test.each([
    ['a typed array of any length', [['typed-array', 'Uint8Array']]],
    ['a map', ['map']],
    ['a regular expression', ['regexp']],
    ['a type of the caller', [['custom', 'x']]],
    ['something inside a date', ['Date', { x: ['set'] }]],
  ])('builds nothing from an annotation that no event needs: %s', async (_, annotation) => {
    await using world = await openWorld();
    const { post } = await openEndpoint(world);
    const event = { ...viewed(), props: { referrer: { length: 400_000_000 } } };
    const response = await post(
      TRACK,
      JSON.stringify({ json: event, meta: { values: { 'props.referrer': annotation } } }),
    );
    expect(response.status).toBe(400);
  });

  test('a date and undefined arrive as what they are', async () => {
    await using world = await openWorld();
    const { post } = await openEndpoint(world);
    const wire = superjson.serialize({ ...viewed(), occurredAt: NOW, attribution: undefined });
    expect(await dataOf(await post(TRACK, JSON.stringify(wire)))).toMatchObject({ status: 'accepted' });
  });
});
