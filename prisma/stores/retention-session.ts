import pg from 'pg';

/** How the connections of retention and of archives show in pg_stat_activity. */
export const RETENTION_APPLICATION_NAME = 'tallymark-retention';

const ADVISORY_LOCK = 7_265_190_332;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A connection of one's own, for what a pool cannot do: settings and locks that last, statements that must stand outside
 * of any transaction, and COPY. Leaving the block ends it, also in the middle of a COPY.
 */
export interface RetentionSession extends AsyncDisposable {
  readonly client: pg.Client;
  /** One statement without parameters. Fails with what pg throws: `code` is the SQLSTATE. */
  $executeRawUnsafe(sql: string): Promise<number>;
}

export async function openRetentionSession(databaseUrl: string): Promise<RetentionSession> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: RETENTION_APPLICATION_NAME,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that is lost between two statements fails the next one.
  client.on('error', () => {});
  await client.connect();
  // What COPY writes must not depend on how the server or the database is set up.
  await client.query(`
    SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false),
           set_config('extra_float_digits', '1', false), set_config('client_encoding', 'UTF8', false),
           set_config('statement_timeout', '0', false), set_config('idle_session_timeout', '0', false),
           set_config('idle_in_transaction_session_timeout', '0', false)`);
  return {
    client,
    $executeRawUnsafe: async (sql) => (await client.query(sql)).rowCount ?? 0,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Retention and restores take turns, over all processes. False while another holds the lock; it ends with the session. */
export async function tryRetentionLock({ client }: RetentionSession): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    ADVISORY_LOCK,
  ]);
  return rows[0]?.locked ?? false;
}

/** Bounds how long each later statement of the session waits for a lock. */
export async function setLockTimeout({ client }: RetentionSession, ms: number): Promise<void> {
  await client.query(`SELECT set_config('lock_timeout', $1, false)`, [`${Math.ceil(ms)}ms`]);
}

/** Whether a statement of a session gave up after the lock timeout. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}
