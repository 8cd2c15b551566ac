import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { createPrisma } from './client.ts';
import { MIGRATIONS, openSchemaEngine, readMigrations } from './schema-engine.ts';
import { WholeScriptPg } from './schema-engine-adapter.ts';
import { ensurePartitions } from './stores/partitions.ts';

/** A lock of our own: the schema engine takes Prisma's on its connection, and would wait for us for ever. */
const MIGRATE_LOCK = 7_274_011;
const MONTHS_AHEAD = 3;

export interface MigrateOptions {
  /** A folder of migrations as Prisma keeps them, with a slash at its end. Default: Tallymark's. */
  readonly migrations?: URL | undefined;
  readonly now?: () => Date;
}

/**
 * Applies the migrations that are missing, in order, then makes the partitions of this month and the next three.
 * Keeps Prisma's own history (`_prisma_migrations`), so `prisma migrate deploy` continues where this stops and the other
 * way round. Processes that migrate at the same time wait for each other. Returns the names that were applied.
 *
 * Rejects when the database cannot be reached, and with Prisma's P3009 or P3018 when a migration has failed: the script
 * is rolled back as a whole, and its error stands in `_prisma_migrations.logs`.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const { migrations = MIGRATIONS, now = () => new Date() } = options;
  const lock = new pg.Client({ connectionString: databaseUrl, application_name: 'tallymark-migrate' });
  await lock.connect().catch((error: unknown) => {
    throw new Error(`Cannot reach the database: ${describe(error)}`, { cause: error });
  });
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATE_LOCK]);
    const applied = await applyMigrations(databaseUrl, migrations);
    await makePartitionsAhead(databaseUrl, now());
    return applied;
  } finally {
    // Ends the session, and the lock with it.
    await lock.end();
  }
}

async function applyMigrations(databaseUrl: string, migrations: URL): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'tallymark-migrate' });
  try {
    const engine = await openSchemaEngine(new WholeScriptPg(pool));
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: await readMigrations(migrations),
        filters: { externalTables: [], externalEnums: [] },
      });
      return appliedMigrationNames;
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

async function makePartitionsAhead(databaseUrl: string, now: Date): Promise<void> {
  const months = Array.from(
    { length: MONTHS_AHEAD + 1 },
    (_, ahead) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)),
  );
  const prisma = createPrisma({ databaseUrl, maxConnections: 1, applicationName: 'tallymark-migrate' });
  try {
    await ensurePartitions(prisma, months);
  } finally {
    await prisma.$disconnect();
  }
}

/** Node reports a refused connection to several addresses as an AggregateError whose own message is empty. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('DATABASE_URL is not set: where is the database to migrate?');
  const applied = await migrate(databaseUrl);
  for (const name of applied) console.log(name);
  if (applied.length === 0) console.log('up to date');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    console.error(describe(error));
    process.exitCode = 1;
  });
}
