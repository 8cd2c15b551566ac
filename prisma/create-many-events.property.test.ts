import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloneDatabase } from '../packages/testing/src/database.ts';
import type { PrismaClient } from './client.ts';
import { readBatch } from './event-batch.ts';
import { Prisma } from './generated/client.ts';
import { sqlStateOf } from './sql-state.ts';
import { oddity, ordinaryArgs } from './test-support/event-arguments.ts';
import { openPair } from './test-support/prisma-pair.ts';

type Args = Prisma.EventCreateManyAndReturnArgs;

/** What a call came to: its answer, or the parts of its error that a caller can go by. */
async function outcome(prisma: PrismaClient, args: Args): Promise<unknown> {
  try {
    return await prisma.event.createManyAndReturn(args);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = error instanceof Prisma.PrismaClientKnownRequestError ? error.code : undefined;
    return { failed: error.name, code, state: sqlStateOf(error)?.state };
  }
}

async function behaveAlike(pair: { stock: PrismaClient; ours: PrismaClient }, args: Args): Promise<void> {
  await Promise.all([pair.stock.event.deleteMany(), pair.ours.event.deleteMany()]);
  // Twice: the second time every row is a duplicate.
  for (let turn = 0; turn < 2; turn++) expect(await outcome(pair.ours, args)).toEqual(await outcome(pair.stock, args));
  const everything = { orderBy: { id: 'asc' } } as const;
  expect(await pair.ours.event.findMany(everything)).toEqual(await pair.stock.event.findMany(everything));
}

describe('like Prisma itself', () => {
  test('stores and answers ordinary calls, all of them by the one statement', async () => {
    await using pair = await openPair(cloneDatabase);
    await fc.assert(
      fc.asyncProperty(ordinaryArgs, async (args) => {
        expect(readBatch(args, new Date())).not.toBeNull();
        await behaveAlike(pair, args);
      }),
      { numRuns: 100 },
    );
  });

  test('treats what is out of the ordinary', async () => {
    await using pair = await openPair(cloneDatabase);
    await fc.assert(
      fc.asyncProperty(ordinaryArgs, oddity, async (args, odd) => behaveAlike(pair, odd(args))),
      { numRuns: 150 },
    );
  });
});
