import { eventBatches } from './create-many-events.ts';
import { type Prisma, PrismaClient as StockPrismaClient } from './generated/client.ts';
import { HonestPg } from './honest-adapter.ts';

/** Prisma's own client, but for `$on`, which no extended client has. */
export type PrismaClient = Omit<StockPrismaClient, '$on'>;
export type PrismaTransaction = Prisma.TransactionClient;

export interface PrismaOptions {
  readonly databaseUrl: string;
  /** Size of the pool: statements and transactions that run at the same time. */
  readonly maxConnections: number;
  /** How the connections show in `pg_stat_activity`. */
  readonly applicationName: string;
}

/** How long a statement waits for a connection, the TCP and TLS handshake included. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The client of the product. Connects with the first statement; the caller ends it with `$disconnect`.
 * `event.createManyAndReturn` is carried out as one constant statement. `sqlStateOf` reads its errors.
 */
export function createPrisma({ databaseUrl, maxConnections, applicationName }: PrismaOptions): PrismaClient {
  const adapter = new HonestPg({
    connectionString: databaseUrl,
    max: maxConnections,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // PrismaPg writes times without an offset and reads them ignoring it: right only where the session speaks UTC.
    onConnect: async (client) => {
      // The pool listens to idle connections, and who has borrowed one listens a moment later: an error in between, such
      // as the farewell of a server that is killed, would end the process. The next statement fails all the same.
      client.on('error', () => {});
      await client.query("SET TIME ZONE 'UTC'");
    },
  });
  // The extension keeps Prisma's signature, but the compiler does not see that the conditional types of an extended client
  // say the same as the generated ones: it calls the two incomparable, on methods that were not touched.
  return new StockPrismaClient({ adapter }).$extends(eventBatches) as unknown as PrismaClient;
}
