import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Pieces of a period: quarters of an hour, on their borders, and what is finer. */
export interface RetentionPieces {
  readonly quarters: readonly Period[];
  readonly rests: readonly Period[];
}

export interface RetentionQuestion {
  /** Starts of units in order, at most 62. The first is not behind the period. */
  readonly units: readonly Date[];
  /** Whoever was there in them is left out; null where all count. */
  readonly before: RetentionPieces | null;
}

export interface RetentionStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * One for each visitor, packed, in no order. Big-endian: the unit of their first event (int32, from 0), and the units they
 * were there in from then on (int64, bit 0 is unit 0).
 */
export const RETENTION_ROW_BYTES = 12;

/**
 * The statement for visitors by when they were there, from quarters of an hour; borders of units have to lie on those of
 * quarters.
 */
export function retentionStatement(
  scope: FactScope,
  pieces: RetentionPieces,
  { units, before }: RetentionQuestion,
): RetentionStatement {
  const params = new SqlParams();
  const unitOf = unitNumber(params, units);
  const sql = `SELECT string_agg(int4send(unit) || int8send(here), '') AS visitors
    FROM (SELECT s.visitor, min(s.unit) AS unit, bit_or(1::bigint << s.unit) AS here
          FROM (${seen(params, scope, pieces, (time) => `, ${unitOf(time)} AS unit`)}) AS s
          GROUP BY s.visitor) AS v
    ${before ? `WHERE ${notSeen(params, scope, before)}` : ''}`;
  return { sql, parameters: params.values };
}

/** Event types; null is any. */
export interface RetentionEvents {
  readonly startEvent: string | null;
  readonly returnEvent: string | null;
}

/** The statement for the same from facts: visitors by their first event of a type, and those of another type since. */
export function filteredRetentionStatement(
  scope: FactScope,
  { startEvent, returnEvent }: RetentionEvents,
  { units, before }: RetentionQuestion,
): RetentionStatement {
  const params = new SqlParams();
  const unitOf = unitNumber(params, units);
  const within = withinScope(params, scope);
  const ofType = (type: string | null) => (type === null ? '' : `AND f.event_type = ${params.add(type, 'text')}`);
  const sql = `WITH started AS MATERIALIZED (
      SELECT f.visitor, min(f.occurred_at) AS first_at FROM event_facts f
      WHERE f.visitor IS NOT NULL AND ${within} ${ofType(startEvent)}
      GROUP BY f.visitor),
    returned AS (
      SELECT f.visitor, bit_or(1::bigint << ${unitOf('f.occurred_at')}) AS here
      FROM event_facts f JOIN started s ON s.visitor = f.visitor AND f.occurred_at >= s.first_at
      WHERE ${within} ${ofType(returnEvent)}
      GROUP BY f.visitor)
    SELECT string_agg(int4send(${unitOf('v.first_at')}) || int8send(coalesce(r.here, 0)), '') AS visitors
    FROM started v LEFT JOIN returned r ON r.visitor = v.visitor
    ${before ? `WHERE ${notSeen(params, scope, before)}` : ''}`;
  return { sql, parameters: params.values };
}

/** Rows of `RETENTION_ROW_BYTES` each. */
export async function readRetention(db: SqlExecutor, { sql, parameters }: RetentionStatement): Promise<Uint8Array> {
  const rows = z.tuple([z.object({ visitors: z.instanceof(Uint8Array).nullable() })]);
  return rows.parse(await db.$queryRawUnsafe(sql, ...parameters))[0].visitors ?? new Uint8Array();
}

/** Starts of all units of a time zone that a period touches, in order. */
export async function unitStarts(
  db: SqlExecutor,
  { from, to }: Period,
  unit: 'day' | 'week' | 'month',
  timeZone: string,
): Promise<Date[]> {
  // Steps are taken in local time: in a zone whose midnight is missing on a day, the days behind it begin at midnight again.
  const rows = await db.$queryRaw`
    SELECT DISTINCT local_start AT TIME ZONE ${timeZone}::text AS start
    FROM generate_series(date_trunc(${unit}, ${from}::timestamptz AT TIME ZONE ${timeZone}::text),
                         ${to}::timestamptz AT TIME ZONE ${timeZone}::text, ('1 ' || ${unit})::interval) AS local_start
    WHERE local_start AT TIME ZONE ${timeZone}::text < ${to}::timestamptz
    ORDER BY 1`;
  return z
    .array(z.object({ start: z.date() }))
    .parse(rows)
    .map(({ start }) => start);
}

/** An expression for the number of the unit, from 0, that a time lies in. A subselect is worked out once. */
function unitNumber(params: SqlParams, units: readonly Date[]): (time: string) => string {
  const starts = `(SELECT ${params.add(
    units.map((start) => start.toISOString()),
    'text[]',
  )}::timestamptz[])`;
  return (time) => `(width_bucket(${time}, ${starts}) - 1)`;
}

type ScopeOfAll = Pick<FactScope, 'siteId' | 'bots'>;

/** Rows of `visitor`, with `more` of their time: several for each. */
function seen(
  params: SqlParams,
  scope: ScopeOfAll,
  { quarters, rests }: RetentionPieces,
  more: (time: string) => string = () => '',
): string {
  const fromQuarters = quarters.map(({ from, to }) => {
    const conditions = [
      `v.site_id = ${params.add(scope.siteId, 'uuid')}`,
      `v.quarter >= ${params.add(from.toISOString(), 'timestamptz')}`,
      `v.quarter < ${params.add(to.toISOString(), 'timestamptz')}`,
      ...botCondition(scope.bots, 'v'),
    ];
    return `SELECT v.visitor${more('v.quarter')} FROM visitor_quarters v WHERE ${conditions.join(' AND ')}`;
  });
  const fromFacts = rests.map((period) => {
    const within = withinScope(params, { ...scope, ...period, filter: [] });
    return `SELECT f.visitor${more('f.occurred_at')} FROM event_facts f WHERE f.visitor IS NOT NULL AND ${within}`;
  });
  return [...fromQuarters, ...fromFacts].join(' UNION ALL ');
}

function notSeen(params: SqlParams, scope: ScopeOfAll, before: RetentionPieces): string {
  return `NOT EXISTS (SELECT FROM (${seen(params, scope, before)}) AS b WHERE b.visitor = v.visitor)`;
}
