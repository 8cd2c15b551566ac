import { describe, expect, expectTypeOf, test } from 'vitest';
import { cloneDatabase } from '../packages/testing/src/database.ts';
import { Prisma } from './generated/client.ts';
import { ensurePartitions } from './stores/partitions.ts';
import { MONTH, openPair } from './test-support/prisma-pair.ts';
import { uuidV7 } from './uuid-v7.ts';

type Input = Prisma.EventCreateManyInput;

const at = (ms: number): Input => ({ id: uuidV7(MONTH.getTime() + ms), eventType: 'page_view' });

describe('the one statement', () => {
  test('fills in the defaults of the schema', async () => {
    await using pair = await openPair(cloneDatabase);
    await ensurePartitions(pair.ours, [new Date()]);
    await ensurePartitions(pair.stock, [new Date()]);
    const data = [{ eventType: 'a' }, { eventType: 'b', service: 'web' }];
    const [ours, stock] = await Promise.all([
      pair.ours.event.createManyAndReturn({ data }),
      pair.stock.event.createManyAndReturn({ data }),
    ]);
    const blur = {
      id: expect.any(String),
      occurredAt: expect.any(Date),
      receivedAt: expect.any(Date),
      createdAt: expect.any(Date),
    };
    expect(ours).toEqual(stock.map((row) => ({ ...row, ...blur })));
  });

  test('gives an event without an id one of its own time', async () => {
    await using pair = await openPair(cloneDatabase);
    const occurredAt = new Date('2026-11-05T06:07:08.009Z');
    const [row] = await pair.ours.event.createManyAndReturn({ data: [{ eventType: 'a', occurredAt }] });
    expect(row?.id.replaceAll('-', '').slice(0, 12)).toBe(occurredAt.getTime().toString(16).padStart(12, '0'));
  });

  test('answers in the order of the input, also without the id', async () => {
    await using pair = await openPair(cloneDatabase);
    const data = [3, 1, 2, 1].map((day, order) => ({ ...at(day * 86_400_000), count: order + 1 }));
    const select = { count: true };
    expect(await pair.ours.event.createManyAndReturn({ data, select })).toEqual(
      [1, 2, 3, 4].map((count) => ({ count })),
    );
  });

  test('fails as a whole, with P2002, on an id that is stored', async () => {
    await using pair = await openPair(cloneDatabase);
    const [first, second] = [at(1), at(2)];
    await pair.ours.event.createManyAndReturn({ data: first });
    await expect(pair.ours.event.createManyAndReturn({ data: [first, second] })).rejects.toMatchObject({
      name: 'PrismaClientKnownRequestError',
      code: 'P2002',
      meta: { modelName: 'Event' },
    });
    expect(await pair.ours.event.count()).toBe(1);
  });

  test('is one statement: a batch of a thousand takes one round trip', async () => {
    await using pair = await openPair(cloneDatabase);
    const data = Array.from({ length: 1_000 }, (_, ms) => at(ms));
    await pair.ours.$transaction(async (tx) => {
      const commands = () => tx.$queryRaw<{ ids: number }[]>`SELECT count(DISTINCT cmin::text)::int AS ids FROM events`;
      expect(await tx.event.createManyAndReturn({ data, select: { id: true } })).toHaveLength(1_000);
      expect(await commands()).toEqual([{ ids: 1 }]);
    });
  });

  test('has the types of Prisma', async () => {
    await using pair = await openPair(cloneDatabase);
    const picked = await pair.ours.event.createManyAndReturn({ data: at(1), select: { id: true, occurredAt: true } });
    expectTypeOf(picked).toEqualTypeOf<{ id: string; occurredAt: Date }[]>();
    expect(picked).toEqual([{ id: expect.any(String), occurredAt: expect.any(Date) }]);
  });
});

describe('in a transaction', () => {
  test('rolls back and commits with it', async () => {
    await using pair = await openPair(cloneDatabase);
    const { ours } = pair;
    const undone = ours.$transaction(async (tx) => {
      await tx.event.createManyAndReturn({ data: at(1) });
      expect(await tx.event.count()).toBe(1);
      expect(await ours.event.count()).toBe(0);
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await ours.event.count()).toBe(0);
    await ours.$transaction((tx) => tx.event.createManyAndReturn({ data: at(1) }));
    expect(await ours.event.count()).toBe(1);
  });

  test('rolls back with a nested one', async () => {
    await using pair = await openPair(cloneDatabase);
    await pair.ours.$transaction(async (tx) => {
      await tx.event.createManyAndReturn({ data: at(1) });
      const inner = tx.$transaction(async (nested) => {
        await nested.event.createManyAndReturn({ data: at(2) });
        throw new Error('changed my mind');
      });
      await expect(inner).rejects.toThrow('changed my mind');
    });
    expect(await pair.ours.event.count()).toBe(1);
  });

  test('works beside other calls of the same tick', async () => {
    await using pair = await openPair(cloneDatabase);
    const results = await pair.ours.$transaction((tx) =>
      Promise.all([
        tx.event.createManyAndReturn({ data: at(1) }),
        tx.tenant.count(),
        tx.event.createManyAndReturn({ data: at(2) }),
      ]),
    );
    expect(results).toEqual([[expect.any(Object)], 1, [expect.any(Object)]]);
  });

  test('works in a list, all or nothing', async () => {
    await using pair = await openPair(cloneDatabase);
    const { ours } = pair;
    const [first, second] = [at(1), at(2)];
    const insert = (data: Input) => ours.event.createManyAndReturn({ data, select: { id: true } });
    expect(await ours.$transaction([insert(first), ours.tenant.count()])).toEqual([[{ id: first.id }], 1]);
    await expect(ours.$transaction([insert(second), insert(first)])).rejects.toMatchObject({ code: 'P2002' });
    expect(await ours.event.count()).toBe(1);
  });

  test('does nothing before it is awaited', async () => {
    await using pair = await openPair(cloneDatabase);
    const lazy = pair.ours.event.createManyAndReturn({ data: at(1) });
    expect(await pair.ours.event.count()).toBe(0);
    expect(await Promise.all([lazy, lazy])).toHaveLength(2);
    expect(await pair.ours.event.count()).toBe(1);
  });
});

test('works below an extension of the host', async () => {
  await using pair = await openPair(cloneDatabase);
  const hosts = pair.ours.$extends({ name: 'host', client: { hello: () => 'hello' } });
  await hosts.$transaction(async (tx) => {
    await tx.event.createManyAndReturn({ data: at(1) });
    // An option that is not ours goes through to Prisma, in the same transaction.
    await tx.event.createManyAndReturn({ data: { ...at(2), sentJson: Prisma.JsonNull } });
    expect(await tx.event.count()).toBe(2);
    expect(await pair.ours.event.count()).toBe(0);
  });
  expect(await pair.ours.event.count()).toBe(2);
});
