import { eventually } from '@tallymark/testing/eventually';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import {
  openReceiver,
  openSubscriptionWorld,
  type SubscriptionWorld,
} from '../subscribe/test-support/subscription-world.ts';
import { createCallerFactory } from './trpc.ts';
import { createWebhooksRouter } from './webhooks.ts';

const createCaller = createCallerFactory(createWebhooksRouter());

async function openAdmin(world: SubscriptionWorld, role: string | null = 'admin') {
  const subscriptions = world.subscriptions();
  const context = {
    eventIngestion: await world.service(),
    requestContext: { session: role === null ? null : { userId: 'u', role } },
    operations: { subscriptions },
  };
  return { subscriptions, webhooks: createCaller(context) };
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  return error instanceof TRPCError ? error.code : error;
};

describe('the webhook procedures', () => {
  test('keep webhooks, show their dead letters and redeliver them', async () => {
    await using world = await openSubscriptionWorld();
    await using receiver = await openReceiver();
    const { subscriptions, webhooks } = await openAdmin(world);
    const added = await webhooks.add({ name: 'shop', url: receiver.url, eventTypes: ['asset_viewed'] });
    expect(added).toMatchObject({ name: 'shop', secret: expect.stringMatching(/^whsec_/) });
    expect((await webhooks.rotateSecret({ name: 'shop' })).secret).not.toBe(added.secret);
    receiver.answer = (response) => response.writeHead(503).end();
    subscriptions.start();
    const ids = await world.store(2);
    const [letter] = await eventually(async () => {
      const letters = await webhooks.deadLetters({ subscription: 'shop' });
      return letters.length === 1 && letters;
    });
    expect(letter).toMatchObject({ eventIds: ids, attempts: 3 });
    expect(await webhooks.deadLetters({ before: letter?.id ?? '' })).toEqual([]);
    receiver.answer = (response) => response.writeHead(200).end();
    expect(await webhooks.redeliver({ subscription: 'shop', ids: [letter?.id ?? ''] })).toEqual({ letters: 1 });
    await eventually(async () => (await webhooks.deadLetters()).length === 0);
    await webhooks.setEnabled({ name: 'shop', enabled: false });
    await webhooks.restart({ name: 'shop', from: 'now' });
    expect(await webhooks.list()).toMatchObject([{ name: 'shop', enabled: false, deadLettered: 2, delivered: 0 }]);
    await webhooks.remove({ name: 'shop' });
    await subscriptions.onEventStored('*', () => {}, { name: 'orphan' }).ready;
    await subscriptions.stop();
    expect((await webhooks.list()).map(({ name }) => name)).toEqual(['orphan']);
    await webhooks.removeHandler({ name: 'orphan' });
    expect(await webhooks.list()).toEqual([]);
  });

  test('say what is wrong', async () => {
    await using world = await openSubscriptionWorld();
    const { webhooks } = await openAdmin(world);
    const webhook = { name: 'hook', url: 'http://127.0.0.1:9/', eventTypes: '*' as const };
    await webhooks.add(webhook);
    expect(await codeOf(webhooks.add(webhook))).toBe('CONFLICT');
    expect(await codeOf(webhooks.add({ ...webhook, name: 'b', eventTypes: ['asset_eaten'] }))).toBe('BAD_REQUEST');
    expect(await codeOf(webhooks.add({ ...webhook, name: 'b', url: 'http://169.254.169.254/' }))).toBe('BAD_REQUEST');
    expect(await codeOf(webhooks.add({ ...webhook, name: 'b', url: 'nonsense' }))).toBe('BAD_REQUEST');
    expect(await codeOf(webhooks.remove({ name: 'nobody' }))).toBe('NOT_FOUND');
  });

  test.each([
    ['nobody', null, 'UNAUTHORIZED'],
    ['a user', 'user', 'FORBIDDEN'],
  ])('are not for %s', async (_who, role, code) => {
    await using world = await openSubscriptionWorld();
    const { webhooks } = await openAdmin(world, role);
    const added = webhooks.add({ name: 'a', url: 'http://127.0.0.1:9/', eventTypes: '*' });
    expect(await Promise.all([added, webhooks.list(), webhooks.deadLetters()].map(codeOf))).toEqual([code, code, code]);
    expect(await world.prisma.eventSubscription.count()).toBe(0);
  });
});
