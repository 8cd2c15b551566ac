import { createServer } from 'node:http';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { NOW } from '../test-support/ingestion-world.ts';
import { idsOf, openReceiver, openSubscriptionWorld, type Received } from './test-support/subscription-world.ts';
import { DELIVERY_HEADER, SIGNATURE_HEADER, verifyWebhook } from './webhook-signature.ts';

const statusOf = (status: number) => (response: { writeHead(status: number): { end(): void } }) =>
  void response.writeHead(status).end();

/** Whether the receiver that knows the secret takes the request for ours. */
const isSigned = ({ headers, body }: Received, secret: string) =>
  verifyWebhook({ secret, header: String(headers[SIGNATURE_HEADER]), body, now: NOW });

describe('a webhook', () => {
  test('gets its types in order, a hundred a request, signed and without what stays inside', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    const { secret } = await subscriptions.addWebhook({
      name: 'shop',
      url: receiver.url,
      eventTypes: ['asset_viewed', 'user_login'],
    });
    subscriptions.start();
    const ids = await world.store(250);
    await world.store(5, 'license_viewed');
    ids.push(...(await world.store(2, 'user_login')));
    await eventually(() => idsOf(receiver.received).length === 252);
    expect(idsOf(receiver.received)).toEqual(ids);
    expect(Math.max(...receiver.received.map(({ delivery }) => delivery.events.length))).toBe(100);
    for (const one of receiver.received) {
      expect(isSigned(one, secret)).toBe(true);
      expect(one.body).not.toContain('secret');
      expect(one.delivery).toMatchObject({ subscription: 'shop', deliveryId: one.headers[DELIVERY_HEADER] });
      expect(one.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': `${one.body.length}` });
    }
    expect(new Set(receiver.received.map(({ delivery }) => delivery.deliveryId)).size).toBe(receiver.received.length);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 252);
  });

  test('is sent the same delivery again until it answers 2xx', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    await subscriptions.addWebhook({ name: 'moody', url: receiver.url, eventTypes: '*' });
    receiver.answer = (response) => {
      const [first, second] = [receiver.received.length === 1, receiver.received.length === 2];
      if (first) response.destroy();
      else response.writeHead(second ? 503 : 200).end('thank you');
    };
    subscriptions.start();
    const ids = await world.store(3);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 3);
    expect(receiver.received.map(({ delivery }) => delivery.events.map(({ id }) => id))).toEqual([ids, ids, ids]);
    expect(new Set(receiver.received.map(({ delivery }) => delivery.deliveryId)).size).toBe(1);
    expect(await subscriptions.deadLetters()).toEqual([]);
  });

  test('that asks to change the protocol is tried again like any that breaks off', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    await subscriptions.addWebhook({ name: 'changing', url: receiver.url, eventTypes: '*' });
    receiver.answer = (response) => {
      if (receiver.received.length > 1) response.writeHead(204).end();
      else response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
    };
    subscriptions.start();
    await world.store(1);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 1);
    expect(receiver.received).toHaveLength(2);
  });

  test('hears of a time that no clock shows as the beginning of time, and of what comes after it', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    await subscriptions.addWebhook({ name: 'patient', url: receiver.url, eventTypes: '*' });
    const id = uuidV7(NOW.getTime());
    await world.prisma.$executeRaw`
      INSERT INTO events (id, event_type, occurred_at) VALUES (${id}::uuid, 'asset_viewed', 'infinity')`;
    const ids = await world.store(1);
    subscriptions.start();
    await eventually(() => idsOf(receiver.received).length === 2);
    expect(idsOf(receiver.received)).toEqual([id, ...ids]);
    expect(receiver.received[0]?.delivery.events[0]?.occurredAt).toBe('1970-01-01T00:00:00.000Z');
  });

  test('that stays away gets a dead letter of the whole batch; redelivery and secrets take effect at once', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    const { secret } = await subscriptions.addWebhook({ name: 'away', url: receiver.url, eventTypes: '*' });
    receiver.answer = statusOf(503);
    subscriptions.start();
    const ids = await world.store(4);
    const [letter] = await eventually(async () => {
      const found = await subscriptions.deadLetters();
      return found.length === 1 && found;
    });
    expect(letter).toMatchObject({ subscription: 'away', eventIds: ids, attempts: 3, replayedAt: null });
    expect(letter?.error).toBe('The receiver answered 503.');
    expect(receiver.received).toHaveLength(3);
    const rotated = await subscriptions.rotateSecret('away');
    receiver.answer = statusOf(200);
    expect(await subscriptions.redeliver('away')).toBe(1);
    await eventually(async () => (await subscriptions.deadLetters()).length === 0);
    const last = receiver.received.at(-1);
    expect(last?.delivery.events.map(({ id }) => id)).toEqual(ids);
    expect(last && [isSigned(last, secret), isSigned(last, rotated.secret)]).toEqual([false, true]);
    expect(await subscriptions.redeliver('away')).toBe(0);
  });

  test('that refuses one event loses only that one', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    await subscriptions.addWebhook({ name: 'picky', url: receiver.url, eventTypes: '*' });
    const ids = await world.store(1);
    receiver.answer = (response, { delivery }) => {
      const bad = delivery.events.some(({ props }) => props.view_duration_ms === 42);
      response.writeHead(bad ? 422 : 200).end();
    };
    subscriptions.start();
    ids.push(...(await world.store(90)));
    const [letter] = await eventually(async () => {
      const found = await subscriptions.deadLetters();
      return found.length === 1 && found;
    });
    expect(letter).toMatchObject({ error: 'The receiver answered 422.' });
    expect(letter?.eventIds).toEqual([ids[43]]);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 90);
    expect(await subscriptions.list()).toMatchObject([{ deadLettered: 1 }]);
  });

  test('that is gone is disabled, and has missed nothing once it is enabled again', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    await subscriptions.addWebhook({ name: 'gone', url: receiver.url, eventTypes: '*' });
    receiver.answer = statusOf(410);
    subscriptions.start();
    const ids = await world.store(2);
    await eventually(async () => (await subscriptions.list())[0]?.enabled === false);
    expect(await subscriptions.list()).toMatchObject([{ lastError: expect.stringContaining('410'), attempts: 0 }]);
    ids.push(...(await world.store(1)));
    receiver.answer = statusOf(200);
    const before = receiver.received.length;
    expect(before).toBe(1);
    await subscriptions.setEnabled('gone', true);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 3);
    expect(idsOf(receiver.received.slice(before))).toEqual(ids);
  });

  test('says when to come again, within bounds', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions();
    await subscriptions.addWebhook({ name: 'busy', url: receiver.url, eventTypes: '*' });
    const answers = ['600', '99999999', new Date(NOW.getTime() + 120_000).toUTCString()];
    receiver.answer = (response) => {
      response.writeHead(429, { 'retry-after': answers[receiver.received.length - 1] }).end();
    };
    subscriptions.start();
    await world.store(1);
    const waits: number[] = [];
    for (const attempts of [1, 2]) {
      const at = await eventually(async () => {
        const [one] = await subscriptions.list();
        return one?.attempts === attempts && one.nextAttemptAt;
      });
      waits.push((Date.parse(at) - Date.now()) / 1_000);
      // The third answer is the last attempt's, so that two waits are seen.
      await world.prisma.eventSubscription.updateMany({ data: { nextAttemptAt: null } });
    }
    expect(waits[0]).toBeGreaterThan(590);
    expect(waits[0]).toBeLessThanOrEqual(601);
    expect(waits[1]).toBeGreaterThan(3_590);
    expect(waits[1]).toBeLessThanOrEqual(3_601);
  });

  test('is not followed elsewhere, and what it answers is not waited for', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    await using other = await openReceiver();
    const subscriptions = world.subscriptions({ webhookTimeoutMs: 500 });
    await subscriptions.addWebhook({ name: 'hook', url: receiver.url, eventTypes: '*' });
    receiver.answer = (response) => {
      if (receiver.received.length === 1) response.writeHead(307, { location: other.url }).end();
      // Taken, and then an answer that never ends: first one that is large, then one that is slow.
      else if (receiver.received.length === 2) response.writeHead(200).write(Buffer.alloc(1_000_000));
      else response.writeHead(200).write('and');
    };
    subscriptions.start();
    const ids = await world.store(1);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 1);
    expect(await subscriptions.list()).toMatchObject([{ lastError: null }]);
    await world.store(1);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 2);
    expect(receiver.received).toHaveLength(3);
    expect(idsOf(receiver.received).slice(0, 2)).toEqual([ids[0], ids[0]]);
    expect(other.received).toEqual([]);
  });

  test('that does not answer holds up no other one, and is given up on in time', async () => {
    await using world = await openSubscriptionWorld();
    await using silent = await openReceiver();
    await using quick = await openReceiver();
    const subscriptions = world.subscriptions({ webhookTimeoutMs: 2_000 });
    silent.answer = () => {};
    await subscriptions.addWebhook({ name: 'a-silent', url: silent.url, eventTypes: '*' });
    await subscriptions.addWebhook({ name: 'quick', url: quick.url, eventTypes: '*' });
    subscriptions.start();
    await world.store(1);
    await eventually(() => silent.received.length === 1);
    const ids = await world.store(5);
    await eventually(() => idsOf(quick.received).length === 6);
    expect(silent.received).toHaveLength(1);
    expect(idsOf(quick.received).slice(1)).toEqual(ids);
    await eventually(async () => (await subscriptions.list())[0]?.lastError === 'No answer within 2000 ms.');
  });

  test('is broken off at the deadline of a stop, and nobody is blamed for it', async () => {
    await using world = await openSubscriptionWorld();
    await using silent = await openReceiver();
    const retries = { maxAttempts: 1, baseMs: 1, longestMs: 1 };
    const subscriptions = world.subscriptions({ webhookRetries: retries });
    silent.answer = () => {};
    await subscriptions.addWebhook({ name: 'silent', url: silent.url, eventTypes: '*' });
    subscriptions.start();
    await world.store(1);
    await eventually(() => silent.received.length === 1);
    await subscriptions.stop(20);
    await eventually(() => world.prisma.eventSubscription.findFirst({ where: { lease: null } }));
    expect(await subscriptions.list()).toMatchObject([{ deadLettered: 0, delivered: 0, lastError: null }]);
    silent.answer = statusOf(204);
    world.subscriptions().start();
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 1);
  });

  test('that floods its answer is cut off long before it is given up on', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const subscriptions = world.subscriptions({ webhookTimeoutMs: 60_000 });
    await subscriptions.addWebhook({ name: 'flood', url: receiver.url, eventTypes: '*' });
    receiver.answer = (response) => void response.writeHead(200).write(Buffer.alloc(1_000_000));
    subscriptions.start();
    await world.store(1);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 1);
  });

  test('goes out from one of two processes at a time, and from none that is told not to', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const [one, two] = [world.subscriptions(), world.subscriptions()];
    const webless = world.subscriptions({ deliverWebhooks: false });
    await one.addWebhook({ name: 'hook', url: receiver.url, eventTypes: '*' });
    const ids = await world.store(30);
    webless.start();
    const done = new Promise<void>((resolve) => {
      const look = () => resolve();
      webless.onEventStored('*', look, { name: 'heard', fromStart: true });
    });
    await done;
    expect(receiver.received).toEqual([]);
    for (const subscriptions of [one, two]) subscriptions.start();
    for (let round = 0; round < 10; round += 1) ids.push(...(await world.store(10)));
    await eventually(async () => {
      const hook = (await one.list()).find(({ name }) => name === 'hook');
      return hook?.delivered === 130;
    });
    expect(idsOf(receiver.received)).toEqual(ids);
  });
});

describe('a redelivery', () => {
  /** A webhook with dead letters of one event each, which nobody delivers for yet. */
  async function openLetters(count: number, url: string) {
    const world = await openSubscriptionWorld();
    const admin = world.subscriptions();
    await admin.addWebhook({ name: 'hook', url, eventTypes: '*' });
    const letters: string[][] = [];
    for (const [at, id] of (await world.store(count)).entries()) {
      letters.push([id]);
      const data = { id: uuidV7(NOW.getTime() + at), subscription: 'hook', eventIds: [id], error: 'away', attempts: 3 };
      await world.prisma.subscriptionDeadLetter.create({ data });
    }
    await admin.restart('hook', 'now');
    await admin.redeliver('hook');
    const waiting = async () =>
      (await admin.deadLetters()).filter(({ replayRequestedAt }) => replayRequestedAt !== null).length;
    return { world, admin, letters, waiting, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
  }

  test('that a shutdown breaks off stays asked for', async () => {
    await using silent = await openReceiver();
    silent.answer = () => {};
    await using open = await openLetters(1, silent.url);
    const subscriptions = open.world.subscriptions();
    subscriptions.start();
    await eventually(() => silent.received.length === 1);
    expect(await open.waiting()).toBe(0);
    await subscriptions.stop(20);
    expect(await open.waiting()).toBe(1);
  });

  test('to a receiver that is gone stays asked for', async () => {
    await using receiver = await openReceiver();
    receiver.answer = statusOf(410);
    await using open = await openLetters(2, receiver.url);
    open.admin.start();
    await eventually(async () => (await open.admin.list())[0]?.enabled === false);
    await eventually(async () => (await open.waiting()) === 2);
    expect(receiver.received).toHaveLength(1);
  });

  test('of a webhook that is removed before the request stays asked for', async () => {
    await using receiver = await openReceiver();
    await using open = await openLetters(1, receiver.url);
    const { prisma } = open.world;
    await prisma.$executeRaw`
      CREATE FUNCTION remove_webhook() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN DELETE FROM event_subscriptions WHERE name = NEW.subscription; RETURN NULL; END'`;
    await prisma.$executeRaw`
      CREATE TRIGGER remove_webhook AFTER UPDATE ON subscription_dead_letters
      FOR EACH ROW EXECUTE FUNCTION remove_webhook()`;
    open.admin.start();
    await eventually(async () => (await open.admin.deadLetters({ replayed: true }))[0]?.attempts === 4);
    await eventually(async () => (await open.waiting()) === 1);
    expect(receiver.received).toEqual([]);
  });

  test('under a lease that has gone to somebody else is not counted, and stays asked for', async () => {
    await using receiver = await openReceiver();
    await using open = await openLetters(1, receiver.url);
    const lease = '00000000-0000-7000-8000-00000000000a';
    receiver.answer = async (response) => {
      await open.world.prisma.eventSubscription.updateMany({ data: { lease } });
      response.writeHead(204).end();
    };
    open.admin.start();
    await eventually(() => receiver.received.length === 1);
    await open.admin.stop();
    expect(await open.waiting()).toBe(1);
  });

  test('to a receiver that is away ends with the first letter, waits, and lets what is new go before the rest', async () => {
    await using receiver = await openReceiver();
    await using open = await openLetters(3, receiver.url);
    receiver.answer = (response) => void response.writeHead(503, { 'retry-after': '600' }).end();
    open.admin.start();
    const at = await eventually(async () => (await open.admin.list())[0]?.nextAttemptAt);
    expect((Date.parse(at) - Date.now()) / 1_000).toBeGreaterThan(590);
    expect(idsOf(receiver.received)).toEqual(open.letters[0]);
    expect(await open.waiting()).toBe(2);
    receiver.answer = statusOf(204);
    const ids = await open.world.store(1);
    // A time in the past, as when the wait is over.
    await open.world.prisma.eventSubscription.updateMany({ data: { nextAttemptAt: new Date(0) } });
    await eventually(() => receiver.received.length === 4);
    expect(idsOf(receiver.received)).toEqual([...(open.letters[0] ?? []), ...ids, ...open.letters.slice(1).flat()]);
  });

  test('of many letters lets what is new go in between when its time is over', async () => {
    await using receiver = await openReceiver();
    await using open = await openLetters(3, receiver.url);
    const ids = await open.world.store(1);
    open.world.subscriptions({ turnMs: 0 }).start();
    await eventually(() => receiver.received.length === 4);
    expect(idsOf(receiver.received)).toEqual([...(open.letters[0] ?? []), ...ids, ...open.letters.slice(1).flat()]);
  });
});

describe('where webhooks do not go', () => {
  test.each(['http://127.0.0.1:1/', 'http://localhost:1/', 'http://[::1]/', 'http://10.0.0.1/'])(
    '%s is refused when it is registered',
    async (url) => {
      await using world = await openSubscriptionWorld();
      const strict = world.subscriptions({ allowPrivateNetworks: false });
      const added = strict.addWebhook({ name: 'inside', url, eventTypes: '*' });
      await expect(added).rejects.toMatchObject({ code: 'url_refused' });
      expect(await strict.list()).toEqual([]);
    },
  );

  test.each(['127.0.0.1', 'localhost'])('%s is refused when it is delivered to', async (host) => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    // Registered where it is allowed, as a name is that resolves elsewhere later.
    const url = new URL(receiver.url);
    url.hostname = host;
    await world.subscriptions().addWebhook({ name: 'inside', url: url.href, eventTypes: '*' });
    const strict = world.subscriptions({ allowPrivateNetworks: false });
    strict.start();
    const ids = await world.store(2);
    const [letter] = await eventually(async () => {
      const found = await strict.deadLetters();
      return found.length === 1 && found;
    });
    expect(letter).toMatchObject({ eventIds: ids, error: expect.stringContaining('webhooks are not sent to') });
    expect(receiver.received).toEqual([]);
  });

  test('a connection that is only opened tells nothing either', async () => {
    await using world = await openSubscriptionWorld();
    let connections = 0;
    const server = createServer();
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await world.subscriptions().addWebhook({ name: 'inside', url: `http://localhost:${port}`, eventTypes: '*' });
    const strict = world.subscriptions({ allowPrivateNetworks: false });
    strict.start();
    await world.store(1);
    await eventually(async () => (await strict.deadLetters()).length === 1);
    expect(connections).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('keeping webhooks', () => {
  test('adds, lists without secrets, disables and removes', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const url = 'http://127.0.0.1:9/hook';
    const own = await subscriptions.addWebhook({
      name: 'own',
      url,
      eventTypes: '*',
      secret: 'sixteen letters at least',
    });
    expect(own).toEqual({ name: 'own', secret: 'sixteen letters at least' });
    const made = await subscriptions.addWebhook({ name: 'made', url, eventTypes: ['user_login', 'user_login'] });
    expect(made.secret).toMatch(/^whsec_[\w-]{43}$/);
    expect(JSON.stringify(await subscriptions.list())).not.toMatch(/sixteen|whsec/);
    expect(await subscriptions.list()).toMatchObject([
      { name: 'made', kind: 'webhook', url, eventTypes: ['user_login'], enabled: true, delivered: 0, lastError: null },
      { name: 'own', eventTypes: ['*'] },
    ]);
    await subscriptions.setEnabled('own', false);
    expect((await subscriptions.list()).map(({ enabled }) => enabled)).toEqual([true, false]);
    await subscriptions.removeWebhook('made');
    expect((await subscriptions.list()).map(({ name }) => name)).toEqual(['own']);
  });

  test('refuses what cannot work', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const webhook = { name: 'hook', url: 'http://127.0.0.1:9/', eventTypes: '*' as const };
    await subscriptions.addWebhook(webhook);
    const unknown = { code: 'unknown_subscription' };
    for (const [odd, error] of [
      [webhook, { code: 'name_taken' }],
      [{ ...webhook, name: 'other', eventTypes: ['asset_eaten'] }, { code: 'unknown_event_type' }],
      [{ ...webhook, name: 'other', url: 'http://a:b@127.0.0.1/' }, { code: 'url_refused' }],
      [{ ...webhook, name: 'other', url: 'ftp://127.0.0.1/' }, { name: 'ZodError' }],
      [{ ...webhook, name: 'other', secret: 'short' }, { name: 'ZodError' }],
      [{ ...webhook, name: 'a b' }, { name: 'ZodError' }],
    ] as const) {
      await expect(subscriptions.addWebhook({ ...odd, eventTypes: odd.eventTypes as '*' })).rejects.toMatchObject(
        error,
      );
    }
    await expect(subscriptions.removeWebhook('nobody')).rejects.toMatchObject(unknown);
    await expect(subscriptions.removeHandler('hook')).rejects.toMatchObject(unknown);
    await expect(subscriptions.setEnabled('nobody', true)).rejects.toMatchObject(unknown);
    await expect(subscriptions.rotateSecret('nobody')).rejects.toMatchObject(unknown);
  });
});
