import { PrismaPg } from '@prisma/adapter-pg';
import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';

/**
 * PrismaPg, except that a commit that did not happen is an error. Postgres answers COMMIT of a failed transaction with
 * a friendly ROLLBACK, and PrismaPg does not look: a caller that caught the error of a statement, without a savepoint,
 * would be told that its work is stored.
 */
export class HonestPg implements SqlDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName: string;
  readonly #stock: PrismaPg;

  constructor(config: pg.PoolConfig) {
    this.#stock = new PrismaPg(config);
    this.adapterName = this.#stock.adapterName;
  }

  async connect(): Promise<SqlDriverAdapter> {
    const adapter = await this.#stock.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => withCheckedCommit(await start(isolationLevel));
    return adapter;
  }
}

function withCheckedCommit(transaction: Transaction): Transaction {
  const execute = transaction.executeRaw.bind(transaction);
  const query = transaction.queryRaw.bind(transaction);
  // Whether the latest statement failed. In a failed transaction every statement does, up to ROLLBACK TO.
  let failed = false;
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      failed = false;
      return result;
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  transaction.queryRaw = (params) => watch(query(params));
  transaction.executeRaw = async (params) => {
    if (params.sql === 'COMMIT' && failed) await assertAlive(execute);
    return await watch(execute(params));
  };
  return transaction;
}

/** The failed statement may never have reached Postgres, so Postgres is asked. */
async function assertAlive(execute: Transaction['executeRaw']): Promise<void> {
  try {
    await execute({ sql: 'SELECT 1', args: [], argTypes: [] });
  } catch (error) {
    // Prisma returns the connection to the pool without a word to Postgres when a commit fails.
    await execute({ sql: 'ROLLBACK', args: [], argTypes: [] }).catch(() => {});
    throw error instanceof DriverAdapterError ? error : new Error('The transaction cannot commit', { cause: error });
  }
}
