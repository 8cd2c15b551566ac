import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

// The part of WebAssembly used here; Node's types of version 20 leave it to the DOM library.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: Record<string, unknown> };
};

let instantiated = false;

/**
 * Node 20 cannot import a `.wasm` file, which is what the package's main entry does; so its two halves are put
 * together here. The module keeps one instance for the whole process.
 */
function instantiate(): void {
  if (instantiated) return;
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(glue.replace(/\.js$/, '.wasm')));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(exports);
  if (typeof exports.__wbindgen_start === 'function') exports.__wbindgen_start();
  instantiated = true;
}

/** Prisma's own migration engine, over `pool`. The caller frees it, and ends the pool. */
export async function openSchemaEngine(pool: pg.Pool): Promise<bindings.SchemaEngine> {
  instantiate();
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScriptAdapterFactory(pool));
  return await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

/** The migrations folder in the engine's shape, oldest first. */
export async function readMigrations(): Promise<bindings.MigrationList> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: MIGRATIONS.pathname,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(new URL('migration_lock.toml', MIGRATIONS), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(new URL(`${name}/migration.sql`, MIGRATIONS), 'utf8') },
        },
      })),
    ),
  };
}

/**
 * PrismaPg cuts a script at every `;`, also inside a comment, a string or a function body, and a script that fails half
 * way stays half applied. Sent whole, Postgres parses it, and it is one implicit transaction: all or nothing. That is
 * also what `prisma migrate deploy` does.
 */
class WholeScriptAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
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
