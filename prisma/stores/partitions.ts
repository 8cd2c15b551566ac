import type { SqlClient, SqlExecutor } from '../sql-executor.ts';

/** What an archive of a month holds. */
export const ARCHIVED = ['events', 'attribution'] as const;
export type Archived = (typeof ARCHIVED)[number];

/** What is partitioned by month, alike. Facts go with their events; what is folded from them stays. */
export const PARTITIONED = [...ARCHIVED, 'event_facts'] as const;
export type Partitioned = (typeof PARTITIONED)[number];

/** Any constant will do, as long as nothing else in the database uses it. */
const ADVISORY_LOCK = 7_265_190_331;

/** Begins the comment on a partition that retention is taking away; the id of the run follows. */
const LEAVING_MARK = 'tallymark: leaves with retention run ';

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
 * Makes the partitions of the three tables for the UTC months that `months` fall in, and returns the names it
 * made. Running inserts are not held up: a partition is built aside and then attached, which locks the parent only
 * against other DDL. It opens transactions of its own, so it must not be called while one is waiting for it.
 *
 * A partition that retention was taking away, and had not dropped yet, is put back with its rows: whoever asks for the
 * month has events for it.
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
    WHERE i.inhparent IN (to_regclass('events'), to_regclass('attribution'), to_regclass('event_facts'))
    ORDER BY parent.relname DESC, child.relname`;
  return rows.flatMap((row) => {
    const month = row.name.startsWith(`${row.parent}_`) && parseMonth(row.name.slice(row.parent.length + 1));
    return month ? { table: row.parent, name: row.name, ...month, detachPending: row.pending } : [];
  });
}

/** With indexes and TOAST, by name; of partitions that are being taken away too. */
export async function partitionSizes(db: SqlExecutor, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$queryRaw<{ name: string; bytes: number }[]>`
    SELECT name, pg_total_relation_size(to_regclass(name))::float8 AS bytes
    FROM unnest(${[...names]}::text[]) AS names (name) WHERE to_regclass(name) IS NOT NULL`;
  return new Map(rows.map(({ name, bytes }) => [name, bytes]));
}

export interface LeavingPartition {
  readonly name: string;
  readonly runId: string;
  readonly state: 'attached' | 'pending' | 'detached';
}

/** The partitions that a retention run has marked, and how far it came with them. */
export async function leavingPartitions(db: SqlExecutor): Promise<LeavingPartition[]> {
  return db.$queryRaw<LeavingPartition[]>`
    SELECT child.relname AS name, substr(d.description, ${LEAVING_MARK.length + 1}) AS "runId",
           CASE WHEN i.inhrelid IS NULL THEN 'detached' WHEN i.inhdetachpending THEN 'pending' ELSE 'attached' END AS state
    FROM pg_description d
    JOIN pg_class child ON child.oid = d.objoid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
    JOIN pg_class events ON events.oid = to_regclass('events') AND events.relnamespace = child.relnamespace
    LEFT JOIN pg_inherits i ON i.inhrelid = child.oid
    WHERE starts_with(d.description, ${LEAVING_MARK})
    ORDER BY child.relname`;
}

/** Without the mark, a table of that name that is not attached is somebody else's, and stays as it is. */
export async function markLeaving(db: SqlExecutor, name: string, runId: string): Promise<void> {
  await db.$executeRawUnsafe(`COMMENT ON TABLE ${partitionIdentifier(name)} IS '${LEAVING_MARK}${checkedUuid(runId)}'`);
}

/**
 * Detaches a partition without holding up anybody: it waits until all transactions that use the table have ended.
 * Fails with 55P03 after the session's `lock_timeout`; the detach may be pending then. Postgres refuses it inside a
 * transaction.
 */
export async function detachPartition(
  session: Pick<SqlExecutor, '$executeRawUnsafe'>,
  { table, name }: Pick<Partition, 'table' | 'name'>,
): Promise<void> {
  await session.$executeRawUnsafe(`ALTER TABLE ${table} DETACH PARTITION ${partitionIdentifier(name)} CONCURRENTLY`);
}

/** Ends a detach that was left pending. Waits for all older snapshots, of whatever transaction; 55P03 as above. */
export async function finalizeDetach(
  db: Pick<SqlExecutor, '$executeRawUnsafe'>,
  { table, name }: Pick<Partition, 'table' | 'name'>,
): Promise<void> {
  await db.$executeRawUnsafe(`ALTER TABLE ${table} DETACH PARTITION ${partitionIdentifier(name)} FINALIZE`);
}

/**
 * Drops partitions that this run has marked and detached, in the caller's transaction. False when one of them is not
 * that any more: it was put back meanwhile, and holds new events.
 */
export async function dropPartitions(tx: SqlExecutor, names: readonly string[], runId: string): Promise<boolean> {
  await lockPartitionChanges(tx);
  const leaving = await leavingPartitions(tx);
  const mine = leaving.filter((partition) => partition.runId === runId && partition.state === 'detached');
  if (!names.every((name) => mine.some((partition) => partition.name === name))) return false;
  for (const name of names) await tx.$executeRawUnsafe(`DROP TABLE ${partitionIdentifier(name)}`);
  return true;
}

/** The month of a partition's name or of an archive, `2025_01`. Null for anything else. */
export function parseMonth(text: string): { readonly from: Date; readonly to: Date } | null {
  const match = /^(19[7-9]\d|[2-9]\d{3})_(0[1-9]|1[0-2])$/.exec(text);
  if (!match) return null;
  const [year, month] = [Number(match[1]), Number(match[2]) - 1];
  return { from: new Date(Date.UTC(year, month)), to: new Date(Date.UTC(year, month + 1)) };
}

async function lockPartitionChanges(tx: SqlExecutor): Promise<void> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}::bigint)`;
}

/** The name, which goes into a statement as it is. RangeError unless it is that of a monthly partition. */
export function partitionIdentifier(name: string): string {
  if (!/^(events|attribution|event_facts)_\d{4}_\d{2}$/.test(name))
    throw new RangeError(`${name} is no partition of ours`);
  return name;
}

function checkedUuid(id: string): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new RangeError(`${id} is no UUID`);
  return id;
}

/** A partition whose detach is pending takes no rows. */
async function attachedNames(db: SqlExecutor): Promise<Set<string>> {
  return new Set((await listPartitions(db)).flatMap(({ name, detachPending }) => (detachPending ? [] : [name])));
}

async function makeMonth(tx: SqlExecutor, suffix: string, from: Date): Promise<string[]> {
  await lockPartitionChanges(tx);
  // Asked again under the lock: another process may have made them meanwhile.
  const there = await listPartitions(tx);
  const leaving = await leavingPartitions(tx);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
  const made: string[] = [];
  for (const table of PARTITIONED) {
    const name = `${table}_${suffix}`;
    const state = leaving.find((partition) => partition.name === name)?.state;
    // Attached, or being detached by somebody else than retention, who will know why.
    if (there.some((partition) => partition.name === name) && state !== 'pending') continue;
    if (state === 'pending') await finalizeDetach(tx, { table, name });
    if (state) await tx.$executeRawUnsafe(`COMMENT ON TABLE ${name} IS NULL`);
    // `PARTITION OF` would lock all of the parent; LIKE and ATTACH do not.
    else await tx.$executeRawUnsafe(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)`);
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
