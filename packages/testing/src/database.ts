import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { eventually } from './eventually.ts';
import { sharedServices } from './shared-services.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
}

/** A closed connection stays visible until its server process has ended. */
const CLOSING_TIMEOUT_MS = 3_000;

/**
 * A database of one's own with all migrations applied: `await using db = await cloneDatabase()`. Leaving the block drops
 * it, and throws when connections were left open, naming them.
 */
export function cloneDatabase(): Promise<TestDatabase> {
  return createDatabase((admin) => `TEMPLATE ${admin.escapeIdentifier(sharedServices().templateName)}`);
}

/** The same without a table in it. */
export function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase(() => 'TEMPLATE template0');
}

async function createDatabase(like: (admin: pg.Client) => string): Promise<TestDatabase> {
  const { adminUrl } = sharedServices();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} ${like(admin)}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, name, [Symbol.asyncDispose]: () => asAdmin(adminUrl, (admin) => drop(admin, name)) };
}

async function drop(admin: pg.Client, name: string): Promise<void> {
  const leaked = await eventually(
    async () => {
      const connections = await connectionsTo(admin, name);
      if (connections.length > 0) throw new LeakedConnectionsError(name, connections);
      return connections;
    },
    { timeoutMs: CLOSING_TIMEOUT_MS },
  ).catch((error: unknown) => error);
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  if (leaked instanceof Error) throw leaked;
}

interface Connection {
  readonly application_name: string;
  readonly state: string;
  readonly query: string;
}

class LeakedConnectionsError extends Error {
  override readonly name = 'LeakedConnectionsError';
  constructor(database: string, connections: readonly Connection[]) {
    const lines = connections.map(
      ({ application_name, state, query }) => `  - ${application_name || 'unnamed'}, ${state}, last query: ${query}`,
    );
    super(`${connections.length} connections to ${database} were left open:\n${lines.join('\n')}`);
  }
}

async function connectionsTo(admin: pg.Client, name: string): Promise<Connection[]> {
  const { rows } = await admin.query<Connection>(
    `SELECT application_name, state, left(query, 200) AS query FROM pg_stat_activity
     WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  return rows;
}

async function asAdmin(adminUrl: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'tallymark-testing' });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
