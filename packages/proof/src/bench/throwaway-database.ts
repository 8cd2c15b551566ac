import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { callGuardian } from '@tallymark/local/guardian';
import { startPostgres } from '@tallymark/local/postgres';
import { temporaryFolder } from '@tallymark/local/temporary-folder';
import pg from 'pg';

export interface ThrowawayDatabase extends AsyncDisposable {
  readonly url: string;
}

/**
 * An empty database that is gone afterwards: on the server of DATABASE_URL, or on one that is started for it with the
 * settings Postgres comes with, so that every commit waits for the disk.
 */
export async function throwawayDatabase(): Promise<ThrowawayDatabase> {
  const { DATABASE_URL } = process.env;
  return DATABASE_URL ? await databaseOn(DATABASE_URL) : await databaseOfOwnServer();
}

async function databaseOn(serverUrl: string): Promise<ThrowawayDatabase> {
  const name = `tallymark_bench_${randomBytes(4).toString('hex')}`;
  const asAdmin = async (sql: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await asAdmin(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function databaseOfOwnServer(): Promise<ThrowawayDatabase> {
  const guardian = callGuardian();
  const folder = temporaryFolder(guardian);
  const server = await startPostgres({ dataDir: join(folder.path, 'postgres'), guardian });
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      guardian.dismiss();
      await folder[Symbol.asyncDispose]();
    },
  };
}
