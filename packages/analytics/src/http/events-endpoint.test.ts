import { LIMITS } from '@tallymark/contract/limits';
import { describe, expect, test } from 'vitest';
import { type IngestionWorld, LOG, manyViewed, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { handleEvents } from './events-endpoint.ts';
import { requestContextFrom } from './request-context.ts';

async function openEndpoint(world: IngestionWorld, options: { maxBufferBytes?: number } = {}) {
  const service = await world.service(options);
  const requestContext = async ({ headers }: Request) =>
    requestContextFrom({ headers, session: null, trustedProxyHops: 0 });
  const deps = { eventIngestion: service, log: LOG, requestContext };
  const send = (body: string, init: RequestInit = {}) => {
    const headers = { 'content-type': 'application/json', 'x-correlation-id': 'c-1' };
    return handleEvents(deps, new Request('http://localhost/api/events', { method: 'POST', headers, body, ...init }));
  };
  return { service, send };
}

describe('POST /api/events', () => {
  test('answers one receipt for each event, in order, and hands the request on to the rows', async () => {
    await using world = await openWorld();
    const { service, send } = await openEndpoint(world);
    const event = viewed();
    const response = await send(JSON.stringify({ events: [event, { ...event, props: 5 }, event] }));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-correlation-id')).toBe('c-1');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer: unknown = await response.json();
    expect(answer).toMatchObject({
      receipts: [{ status: 'accepted' }, { reason: 'invalid_event' }, { status: 'duplicate' }],
    });
    await service.forceFlush();
    expect(await world.prisma.event.findMany()).toMatchObject([{ correlationId: 'c-1' }]);
  });

  test('takes as many events as it says, and not one more', async () => {
    await using world = await openWorld();
    const { send } = await openEndpoint(world);
    expect((await send(JSON.stringify({ events: manyViewed(LIMITS.eventsPerBatch) }))).status).toBe(200);
    expect((await send(JSON.stringify({ events: manyViewed(LIMITS.eventsPerBatch + 1) }))).status).toBe(413);
  });

  const HOSTILE: readonly [string, number, string, RequestInit?][] = [
    ['a body that is cut off', 400, '{"events":[{"eventType":'],
    ['a list', 400, '[]'],
    ['null', 400, 'null'],
    ['no events', 400, '{"events":[]}'],
    ['events that are no list', 400, '{"events":{"0":{}}}'],
    ['an empty body', 400, ''],
    ['deep nesting', 400, `{"events":${'['.repeat(100_000)}`],
    ['a body over the cap', 413, `{"events":["${'x'.repeat(LIMITS.bodyBytes)}"]}`],
    ['a compressed body', 415, '{}', { headers: { 'content-type': 'application/json', 'content-encoding': 'br' } }],
    ['a form', 415, 'a=b', { headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
  ];

  test('a body that is no batch has a status of its own, and nothing of it is stored', async () => {
    await using world = await openWorld();
    const { service, send } = await openEndpoint(world);
    const statuses: Record<string, number> = {};
    for (const [what, , body, init] of HOSTILE) {
      const response = await send(body, init);
      statuses[what] = response.status;
      expect(await response.json(), what).toEqual({ error: expect.any(String) });
      expect(response.headers.get('x-correlation-id'), what).toBeTruthy();
    }
    expect(statuses).toEqual(Object.fromEntries(HOSTILE.map(([what, status]) => [what, status])));
    expect((await service.getStats()).totalReceived).toBe(0);
  });

  test('GET is a 405', async () => {
    await using world = await openWorld();
    const { send } = await openEndpoint(world);
    expect((await send('', { method: 'GET', body: null })).status).toBe(405);
  });

  test('a full buffer is a 429 that says when to come back, a closing server a 503', async () => {
    await using world = await openWorld();
    const { service, send } = await openEndpoint(world, { maxBufferBytes: 0 });
    const full = await send(JSON.stringify({ events: [viewed()] }));
    expect([full.status, full.headers.get('retry-after')]).toEqual([429, '10']);
    await service.shutdown();
    const closing = await send(JSON.stringify({ events: [viewed()] }));
    expect([closing.status, closing.headers.get('retry-after')]).toEqual([503, '1']);
  });
});
