import { PrismaPg } from '@prisma/adapter-pg';
import { createPrisma, type PrismaClient } from '../client.ts';
import { PrismaClient as StockPrismaClient } from '../generated/client.ts';

export interface TestPrisma extends AsyncDisposable {
  readonly client: PrismaClient;
}

/** `await using prisma = openTestPrisma(db.url)`: the product's client, ended with the block. */
export function openTestPrisma(databaseUrl: string, maxConnections = 3): TestPrisma {
  const client = createPrisma({ databaseUrl, maxConnections, applicationName: 'tallymark-test' });
  return { client, [Symbol.asyncDispose]: () => client.$disconnect() };
}

/** Prisma as it comes, to compare with. */
export function openStockPrisma(databaseUrl: string): TestPrisma {
  const client = new StockPrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: 3 }) });
  return { client, [Symbol.asyncDispose]: () => client.$disconnect() };
}
