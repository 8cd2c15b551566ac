import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { requestContextFrom } from '../http/request-context.ts';
import { handleTrpc } from '../http/trpc-endpoint.ts';
import { deadLettersOf, insertLetter, poison, refusePoison } from '../test-support/dead-letter-world.ts';
import { type IngestionWorld, LOG, openWorld } from '../test-support/ingestion-world.ts';
import { createDeadLettersRouter } from './dead-letters.ts';
import { router } from './trpc.ts';

const appRouter = router({ deadLetters: createDeadLettersRouter() });
const UNKNOWN = '0193f7c2-3c48-7000-8000-00000000000a';

const answer = z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) });
const failure = z.object({ error: z.object({ json: z.object({ message: z.string() }) }) });

async function openAdmin(world: IngestionWorld, role = 'admin') {
  const eventIngestion = await world.service();
  const operations = { deadLetters: deadLettersOf(world) };
  const deps = {
    router: appRouter,
    endpoint: '/api/trpc',
    log: LOG,
    requestContext: async ({ headers }: Request) =>
      requestContextFrom({ headers, session: { userId: 'u', role }, trustedProxyHops: 0 }),
    createContext: (requestContext: ReturnType<typeof requestContextFrom>) => ({
      eventIngestion,
      requestContext,
      operations,
    }),
  };
  const send = async (path: string, init: RequestInit) => {
    const response = await handleTrpc(deps, new Request(`http://localhost/api/trpc/deadLetters.${path}`, init));
    const body: unknown = await response.json();
    const found = answer.safeParse(body);
    return {
      status: response.status,
      data: found.data?.result.data.json,
      message: failure.safeParse(body).data?.error.json.message,
    };
  };
  const inputOf = (input: unknown) => JSON.stringify(superjson.serialize(input));
  const ask = (name: string, input?: unknown) =>
    send(`${name}?input=${encodeURIComponent(inputOf(input))}`, { method: 'GET' });
  const tell = (name: string, input?: unknown) =>
    send(name, { method: 'POST', headers: { 'content-type': 'application/json' }, body: inputOf(input) });
  return { eventIngestion, ask, tell };
}

describe('the dead letter procedures over HTTP', () => {
  test('list, show, repair and replay a letter', async () => {
    await using world = await openWorld();
    const { eventIngestion, ask, tell } = await openAdmin(world);
    await refusePoison(world);
    await eventIngestion.ingestBatch([poison(), poison()]);
    await eventIngestion.forceFlush();
    const { items } = z.object({ items: z.array(z.object({ id: z.uuid() })) }).parse((await ask('list')).data);
    const id = items[0]?.id;
    expect(items).toHaveLength(2);
    expect(await ask('counts')).toMatchObject({ status: 200, data: [{ reason: 'refused', open: 2 }] });
    const changes = { props: { referrer: 'https://a.example/' } };
    expect(await tell('repair', { id, changes })).toMatchObject({
      status: 200,
      data: { id, repaired: { propsJson: changes.props } },
    });
    expect(await tell('replay', { id })).toMatchObject({ status: 200, data: { outcome: 'stored' } });
    expect(await ask('get', { id })).toMatchObject({ status: 200, data: { resolution: 'stored' } });
    expect(await ask('list', { resolved: false, limit: 1 })).toMatchObject({ data: { nextCursor: null } });
    expect(await tell('replayAll', { limit: 10 })).toMatchObject({ data: { stored: 0, stillRefused: 1 } });
    expect(await tell('replay', { id })).toMatchObject({ status: 409, message: expect.stringContaining('resolved') });
  });

  test('show whatever a payload holds', async () => {
    await using world = await openWorld();
    const { ask } = await openAdmin(world);
    const payload = '{"__proto__":{"a":1},"constructor":{"prototype":1},"text":"\\u0000\\ud800"}';
    await insertLetter(world, { payload });
    expect(await ask('list')).toMatchObject({
      status: 200,
      data: { items: [{ payload: { isJson: true, text: payload } }] },
    });
  });

  test('say what is wrong, with a status of its own', async () => {
    await using world = await openWorld();
    const { ask, tell } = await openAdmin(world);
    const id = await insertLetter(world, { payload: '{}' });
    expect(await ask('get', { id: UNKNOWN })).toMatchObject({ status: 404, message: expect.stringContaining(UNKNOWN) });
    expect(await tell('replay', { id })).toMatchObject({ status: 422 });
    expect(await ask('list', { cursor: 'mine' })).toMatchObject({ status: 400 });
    expect(await tell('repair', { id, changes: { tenantId: UNKNOWN } })).toMatchObject({ status: 400 });
  });

  test('are for admins', async () => {
    await using world = await openWorld();
    const { ask, tell } = await openAdmin(world, 'user');
    const id = await insertLetter(world, { payload: '{}' });
    for (const { status } of [
      ...(await Promise.all([ask('list'), ask('get', { id }), ask('counts')])),
      ...(await Promise.all([tell('repair', { id, changes: {} }), tell('replay', { id }), tell('replayAll')])),
    ]) {
      expect(status).toBe(403);
    }
  });
});
