import { join } from 'node:path';
import type { Guardian } from './guardian.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { findRedis } from './redis-binary.ts';
import type { Running } from './running.ts';

export interface StoreContext {
  /** The folder `.tallymark`. */
  readonly home: string;
  readonly logs: string;
  readonly env: NodeJS.ProcessEnv;
  readonly guardian: Guardian;
  readonly running: Running;
  readonly note: (text: string) => void;
}

/** The database of DATABASE_URL, or one that is kept in the project's folder. Returns its address. */
export async function bringUpPostgres({ home, logs, env, guardian, running, note }: StoreContext): Promise<string> {
  if (env.DATABASE_URL) {
    note('as DATABASE_URL says');
    return env.DATABASE_URL;
  }
  const wanted = join(home, 'data', 'postgres');
  const server = await startPostgres({ dataDir: wanted, logFile: join(logs, 'postgres.log'), guardian });
  running.add('Postgres', server);
  const place = server.dataDir === wanted ? '' : `, data in ${server.dataDir}, where its user can reach it`;
  note(`port ${server.port}${place}`);
  return server.url;
}

/** The Redis of REDIS_URL, or one that is kept in the project's folder. Returns its address. */
export async function bringUpRedis({ home, logs, env, guardian, running, note }: StoreContext): Promise<string> {
  if (env.REDIS_URL) {
    note('as REDIS_URL says');
    return env.REDIS_URL;
  }
  const binary = await findRedis(join(home, 'cache', 'redis'));
  const dataDir = join(home, 'data', 'redis');
  const server = await startRedis({ binary, dataDir, logFile: join(logs, 'redis.log'), guardian });
  running.add('Redis', server);
  note(`${binary.version}, port ${server.port}`);
  return server.url;
}
