import { PrismaPg } from '@prisma/adapter-pg';
import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/**
 * PrismaPg cuts a script at every `;`, also inside a comment, a string or a function body, and a script that fails half
 * way stays half applied. Sent whole, Postgres parses it, and it is one implicit transaction: all or nothing. That is
 * also what `prisma migrate deploy` does.
 */
export class WholeScriptPg implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName: string;
  readonly #pool: pg.Pool;
  readonly #stock: PrismaPg;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.#stock = new PrismaPg(pool);
    this.adapterName = this.#stock.adapterName;
  }

  async connect(): Promise<SqlDriverAdapter> {
    const adapter = await this.#stock.connect();
    adapter.executeScript = async (script) => {
      await this.#pool.query(script).catch(rethrowForEngine);
    };
    return adapter;
  }

  connectToShadowDb(): Promise<SqlDriverAdapter> {
    return Promise.reject(new Error('This engine only applies migrations; it makes no shadow database'));
  }
}

function rethrowForEngine(error: unknown): never {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const { code = 'XX000', severity = 'ERROR', message, detail, column, hint } = error;
  throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}
