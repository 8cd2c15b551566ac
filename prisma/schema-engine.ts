import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Tallymark's own. */
export const MIGRATIONS = new URL('./migrations/', import.meta.url);

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
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': imports() });
  bindings.__wbg_set_wasm(exports);
  // Where the engine leaves the message of a panic; without it the panic is a TypeError that says nothing.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => console.error(text) } });
  if (typeof exports.__wbindgen_start === 'function') exports.__wbindgen_start();
  instantiated = true;
}

/** The engine leaves the timer of its lock running after it is done; it must not keep the process alive for 10 s. */
function imports(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [
      name,
      name.startsWith('__wbg_setTimeout_') ? (work: () => void, ms: number) => setTimeout(work, ms).unref() : value,
    ]),
  );
}

/** Prisma's own migration engine over a connection of the caller's, who frees the engine. */
export async function openSchemaEngine(factory: SqlMigrationAwareDriverAdapterFactory): Promise<bindings.SchemaEngine> {
  instantiate();
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  return await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

/** A folder of migrations in the engine's shape, oldest first. */
export async function readMigrations(folder: URL): Promise<bindings.MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: folder.pathname,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(new URL('migration_lock.toml', folder), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(new URL(`${name}/migration.sql`, folder), 'utf8') },
        },
      })),
    ),
  };
}
