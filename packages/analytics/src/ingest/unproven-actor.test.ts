import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { expect, test } from 'vitest';
import { createEventIngestionRouter } from '../routers/event-ingestion.ts';
import { createCallerFactory, router } from '../routers/trpc.ts';
import { balancedLedger, openWorld, viewed } from '../test-support/ingestion-world.ts';

const createCaller = createCallerFactory(router({ eventIngestion: createEventIngestionRouter<DemoPlan>() }));
const ADA = { userId: 'ada', role: 'user' };
const BEN = { userId: 'ben', role: 'user' };
const VISITOR = 'visitor-of-this-test';

test.each([
  ['signed out', null],
  ['signed in as somebody else', BEN],
])('a queued event of a user who is %s by now is stored as the visitor’s', async (_, session) => {
  await using world = await openWorld();
  const service = await world.service();
  const { eventIngestion } = createCaller({ eventIngestion: service, requestContext: { session } });
  const events = [{ ...viewed(), actorId: 'ada', idempotencyKey: 'queued' }];
  expect(await eventIngestion.trackBatch({ events, visitorId: VISITOR })).toMatchObject([
    { status: 'rejected', reason: 'actor_mismatch' },
  ]);
  expect(await eventIngestion.trackBatch({ events, visitorId: VISITOR, unprovenActor: 'leave_out' })).toMatchObject([
    { status: 'accepted' },
  ]);
  await service.forceFlush();
  expect(await world.prisma.event.findMany()).toMatchObject([{ actorId: null, visitorId: VISITOR }]);
});

test('a claim that the session proves is kept, and none at all is the session’s', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const context = { session: ADA, unprovenActor: 'leave_out' as const };
  const receipts = await service.ingestPublic(
    [
      { ...viewed(), actorId: 'ada' },
      { ...viewed(), props: {} },
    ],
    context,
  );
  expect(receipts).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }]);
  await service.forceFlush();
  expect((await world.prisma.event.findMany()).map(({ actorId }) => actorId)).toEqual(['ada', 'ada']);
});

test('an event without a claim that has waited is nobody’s, and one that comes at once the session’s', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const ago = (seconds: number) => new Date(world.clock.now.getTime() - seconds * 1_000).toISOString();
  const queue = { session: BEN, unprovenActor: 'leave_out' as const };
  await service.ingestPublic(
    [
      { ...viewed(), idempotencyKey: 'waited', occurredAt: ago(600) },
      { ...viewed(), idempotencyKey: 'at once', occurredAt: ago(5) },
    ],
    queue,
  );
  await service.ingestPublic([{ ...viewed(), idempotencyKey: 'told later', occurredAt: ago(600) }], { session: BEN });
  await service.forceFlush();
  const rows = await world.prisma.event.findMany();
  expect(Object.fromEntries(rows.map(({ idempotencyKey, actorId }) => [idempotencyKey, actorId]))).toEqual({
    waited: null,
    'at once': 'ben',
    'told later': 'ben',
  });
});

test('sent again after the sign-out an event is a duplicate, also where only the row can tell', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const event = {
    ...viewed(),
    ...{ actorId: 'ada', idempotencyKey: 'again', occurredAt: world.clock.now.toISOString() },
  };
  await service.ingestPublic([event], { session: ADA, unprovenActor: 'leave_out' });
  await service.forceFlush();
  const late = { session: null, unprovenActor: 'leave_out' as const };
  expect(await service.ingestPublic([event], late)).toMatchObject([{ status: 'duplicate' }]);
  const [known = ''] = await world.redis.keys(`${world.redisPrefix}:*:key:*`);
  expect(await world.redis.unlink(known.slice(world.redisPrefix.length + 1))).toBe(1);
  await service.ingestPublic([event], late);
  await service.forceFlush();
  expect(await world.prisma.event.findMany()).toMatchObject([{ actorId: 'ada' }]);
  expect(await balancedLedger(service)).toMatchObject({ stored: 1, deadLettered: 0 });
});
