import { join } from 'node:path';
import { callGuardian } from '@tallymark/local/guardian';
import { type PostgresServer, startPostgres } from '@tallymark/local/postgres';
import { projectRoot } from '@tallymark/local/project-root';
import { type RedisServer, type RedisServerOptions, startRedis } from '@tallymark/local/redis';
import { findRedis } from '@tallymark/local/redis-binary';
import { temporaryFolder } from '@tallymark/local/temporary-folder';
import { migrate } from '@tallymark/prisma/migrate';

export interface OwnServices extends AsyncDisposable {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** Migrated. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export interface OwnServicesOptions {
  /** Added to the servers' configuration, for example `{ max_connections: 20 }`. */
  readonly postgres?: Readonly<Record<string, string | number>>;
  readonly redis?: Pick<RedisServerOptions, 'appendfsync' | 'settings'>;
  /** Default true. */
  readonly migrated?: boolean;
}

/**
 * A Postgres and a Redis that nobody else uses, in a temporary folder: for tests that kill or freeze them. About two
 * seconds; a test that only needs a database of its own takes `cloneDatabase`.
 */
export async function startOwnServices(options: OwnServicesOptions = {}): Promise<OwnServices> {
  const guardian = callGuardian();
  const folder = temporaryFolder(guardian);
  const binary = await findRedis(join(projectRoot, '.tallymark', 'cache', 'redis'));
  // A failure of the machine is not among the faults, so nothing has to wait for the disk.
  const settings = { fsync: 'off', ...options.postgres };
  const postgres = await startPostgres({ dataDir: join(folder.path, 'postgres'), settings, guardian });
  const redis = await startRedis({ binary, dataDir: join(folder.path, 'redis'), ...options.redis, guardian });
  if (options.migrated !== false) await migrate(postgres.url);
  return {
    postgres,
    redis,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([redis.stop(), postgres.stop()]);
      guardian.dismiss();
      await folder[Symbol.asyncDispose]();
    },
  };
}
