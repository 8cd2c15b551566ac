import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of the repository this is made in, and not of a host: the generator's settings, and the demo's own tables. */
const OURS_ALONE = /^base\.prisma$|studio/;
const SCHEMA_FILE = 'tallymark.prisma';

const SCHEMA = new URL('./schema/', import.meta.url);
const MIGRATIONS = new URL('./migrations/', import.meta.url);

export interface AddedSchema {
  /** The file with the models, as a path. */
  readonly schema: string;
  /** Names of the migrations that were not there yet, oldest first. */
  readonly migrations: readonly string[];
}

/**
 * Puts Tallymark's models into a host's `prisma` folder, as a file of their own beside the host's, and its migrations
 * beside those of the host. Run again after an update it replaces the file and adds what is new; a migration that is there
 * stays as it is.
 *
 * @throws Error that says what to do where the host's schema is no folder, or has a model or a table of the same name.
 */
export async function addSchema(folder: string): Promise<AddedSchema> {
  const schemaFolder = join(folder, 'schema');
  const hosts = await readHostSchema(schemaFolder);
  const models = await readModels();
  refuseCollisions(hosts, models);
  const schema = join(schemaFolder, SCHEMA_FILE);
  await writeFile(schema, models);
  return { schema, migrations: await addMigrations(join(folder, 'migrations')) };
}

async function readHostSchema(schemaFolder: string): Promise<string> {
  const files = await readdir(schemaFolder).catch(() => {
    throw new Error(
      `There is no folder ${schemaFolder}. Prisma reads several schema files from a folder: move your schema.prisma into it, and name the folder as "schema" in prisma.config.ts.`,
    );
  });
  const wanted = files.filter((file) => file.endsWith('.prisma') && file !== SCHEMA_FILE);
  const texts = await Promise.all(wanted.map((file) => readFile(join(schemaFolder, file), 'utf8')));
  return texts.join('\n');
}

/** All of the models as one file. */
async function readModels(): Promise<string> {
  const files = (await readdir(SCHEMA)).filter((file) => file.endsWith('.prisma') && !OURS_ALONE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, SCHEMA), 'utf8')));
  return texts.join('\n');
}

function refuseCollisions(hosts: string, models: string): void {
  const taken = namesIn(hosts);
  const both = [...namesIn(models)].filter((name) => taken.has(name));
  if (both.length === 0) return;
  throw new Error(
    `Your schema already has ${both.join(', ')}. Where only the name of a model is taken, rename yours and keep its table with @@map. Where a table is taken, give Tallymark a database of its own: set its DATABASE_URL, and run "tallymark migrate" there instead.`,
  );
}

/** Models as `model Event`, tables as `table events`. */
function namesIn(schema: string): ReadonlySet<string> {
  const blocks = schema.matchAll(/^\s*(model|enum|type|view)\s+(\w+)\s*\{([^}]*)\}/gm);
  return new Set(
    [...blocks].flatMap(([, kind = '', name = '', body = '']) => {
      const table = /@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(body)?.[1] ?? name;
      return kind === 'model' ? [`${kind} ${name}`, `table ${table}`] : [`${kind} ${name}`];
    }),
  );
}

async function addMigrations(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const there = new Set(await readdir(folder));
  const ours = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = ours.filter((entry) => entry.isDirectory() && !OURS_ALONE.test(entry.name)).map(({ name }) => name);
  const missing = names.filter((name) => !there.has(name)).sort();
  for (const name of missing) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), await readFile(new URL(`${name}/migration.sql`, MIGRATIONS)));
  }
  const lock = 'migration_lock.toml';
  if (!there.has(lock)) await writeFile(join(folder, lock), await readFile(new URL(lock, MIGRATIONS)));
  return missing;
}
