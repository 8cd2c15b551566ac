import { ensurePartitions } from '../stores/partitions.ts';
import { openStockPrisma, openTestPrisma } from './prisma.ts';

/** The month whose partitions are there. */
export const MONTH = new Date('2026-11-01T00:00:00Z');

/** Prisma as it comes and the product's client, each on a database of its own. */
export async function openPair(cloneDatabase: () => Promise<AsyncDisposable & { readonly url: string }>) {
  const dbs = [await cloneDatabase(), await cloneDatabase()] as const;
  const stock = openStockPrisma(dbs[0].url);
  const ours = openTestPrisma(dbs[1].url);
  await ensurePartitions(stock.client, [MONTH]);
  await ensurePartitions(ours.client, [MONTH]);
  return {
    stock: stock.client,
    ours: ours.client,
    async [Symbol.asyncDispose]() {
      await Promise.all([stock[Symbol.asyncDispose](), ours[Symbol.asyncDispose]()]);
      await Promise.all(dbs.map((db) => db[Symbol.asyncDispose]()));
    },
  };
}
