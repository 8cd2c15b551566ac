import type { SqlClient, SqlExecutor } from '../sql-executor.ts';

const PARTITIONED = ['events', 'attribution'] as const;
type Partitioned = (typeof PARTITIONED)[number];

/** Any constant will do, as long as nothing else in the database uses it. */
const ADVISORY_LOCK = 7_265_190_331;

/** Long enough for another process that makes the same months; an insert never waits for this. */
const LOCK_TIMEOUT_MS = 10_000;
const TRANSACTION_TIMEOUT_MS = 15_000;

/** One month of one table. `from` is included, `to` is not; both are first milliseconds of a UTC month. */
export interface Partition {
  readonly table: Partitioned;
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** `DETACH … CONCURRENTLY` has begun and was not finished; the partition no longer takes rows. */
  readonly detachPending: boolean;
}

/** The lowest UUIDv7 of a millisecond: 48 bits of Unix time, the rest zero. RangeError outside of 1970 to 10 000. */
export function uuidV7Floor(date: Date): string {
  const ms = date.getTime();
  if (!(ms >= 0 && ms <= Date.UTC(10_000, 0))) throw new RangeError(`No UUIDv7 floor for ${String(date)}`);
  const hex = Math.floor(ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/**
 * Makes the partitions of `events` and `attribution` for the UTC months that `months` fall in, and returns the names it
 * made. Running inserts are not held up: a partition is built aside and then attached, which locks the parent only
 * against other DDL. It opens transactions of its own, so it must not be called while one is waiting for it.
 *
 * `known` remembers the months seen here, so that a caller who passes the same set again asks Postgres nothing; clear it
 * when an insert finds a partition missing. RangeError for a month outside of 1970-01 to 9999-12.
 */
export async function ensurePartitions(
  db: SqlClient,
  months: readonly Date[],
  known: Set<string> = new Set(),
): Promise<string[]> {
  const starts = new Map(months.map((date) => [suffixOf(date), monthStart(date)]));
  const unknown = [...starts].filter(([suffix]) => !known.has(suffix));
  if (unknown.length === 0) return [];

  const attached = await attachedNames(db);
  const made: string[] = [];
  for (const [suffix, from] of unknown) {
    if (!PARTITIONED.every((table) => attached.has(`${table}_${suffix}`))) {
      made.push(
        ...(await db.$transaction((tx) => makeMonth(tx, suffix, from), {
          maxWait: TRANSACTION_TIMEOUT_MS,
          timeout: TRANSACTION_TIMEOUT_MS,
        })),
      );
    }
    known.add(suffix);
  }
  return made;
}

/** All partitions there are, by table and then oldest first. One made by hand under another name is not listed. */
export async function listPartitions(db: SqlExecutor): Promise<Partition[]> {
  const rows = await db.$queryRaw<{ parent: Partitioned; name: string; pending: boolean }[]>`
    SELECT parent.relname AS parent, child.relname AS name, i.inhdetachpending AS pending
    FROM pg_inherits i
    JOIN pg_class child ON child.oid = i.inhrelid
    JOIN pg_class parent ON parent.oid = i.inhparent
    WHERE i.inhparent IN (to_regclass('events'), to_regclass('attribution'))
    ORDER BY parent.relname DESC, child.relname`;
  return rows.flatMap((row) => {
    const match = /_(\d{4})_(\d{2})$/.exec(row.name);
    if (!match) return [];
    const [year, month] = [Number(match[1]), Number(match[2]) - 1];
    return {
      table: row.parent,
      name: row.name,
      from: new Date(Date.UTC(year, month)),
      to: new Date(Date.UTC(year, month + 1)),
      detachPending: row.pending,
    };
  });
}

async function attachedNames(db: SqlExecutor): Promise<Set<string>> {
  return new Set((await listPartitions(db)).map((partition) => partition.name));
}

async function makeMonth(tx: SqlExecutor, suffix: string, from: Date): Promise<string[]> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}::bigint)`;
  // Asked again under the lock: another process may have made them meanwhile.
  const attached = await attachedNames(tx);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
  const made: string[] = [];
  for (const table of PARTITIONED) {
    const name = `${table}_${suffix}`;
    if (attached.has(name)) continue;
    // `PARTITION OF` would lock all of the parent; LIKE and ATTACH do not.
    await tx.$executeRawUnsafe(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)`);
    await tx.$executeRawUnsafe(
      `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${uuidV7Floor(from)}') TO ('${uuidV7Floor(to)}')`,
    );
    made.push(name);
  }
  return made;
}

function monthStart(date: Date): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()));
}

function suffixOf(date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 1970 && year <= 9999)) throw new RangeError(`No partition for ${String(date)}: years 1970 to 9999`);
  return `${String(year).padStart(4, '0')}_${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
}
