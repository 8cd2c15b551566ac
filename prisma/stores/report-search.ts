import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { withinIds } from './id-range.ts';
import { EVENT_COLUMNS, storedEvent } from './report-event-columns.ts';
import { asksFacts, type EventConditions, eventConditions, type SearchPeriod } from './report-search-conditions.ts';
import { SqlParams } from './sql-params.ts';

/** A place in the order of events: theirs and of one time by id. */
export interface EventPlace {
  readonly occurredAt: Date;
  readonly id: string;
}

/** A part of a search. */
export interface SearchWindow extends SearchPeriod {
  readonly order: 'newest' | 'oldest';
  /** Only events behind it, in the order asked for. */
  readonly after: EventPlace | null;
  readonly limit: number;
}

/** The events of a window that meet the conditions, in order, at most so many. */
export async function findEvents(db: SqlExecutor, asked: EventConditions, window: SearchWindow) {
  const { sql, parameters } = searchStatement(asked, window);
  return z.array(storedEvent).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

function searchStatement(asked: EventConditions, window: SearchWindow) {
  const params = new SqlParams();
  const facts = asksFacts(asked);
  const first = facts ? 'f' : 'e';
  const [direction, behind] = window.order === 'newest' ? ['DESC', '<'] : ['ASC', '>'];
  const order = (alias: string) => `${alias}.occurred_at ${direction}, ${alias}.id ${direction}`;
  const where = eventConditions(params, asked, window);
  const after =
    window.after === null
      ? ''
      : `AND (${first}.occurred_at, ${first}.id) ${behind}
           (${params.add(window.after.occurredAt.toISOString(), 'timestamptz')}, ${params.add(window.after.id, 'uuid')})`;
  // The page first, so that attribution is looked up for no more than that.
  const sql = `WITH page AS MATERIALIZED (
      SELECT e.* FROM ${facts ? 'event_facts f JOIN events e ON e.id = f.id' : 'events e'}
      WHERE ${where} ${after} ORDER BY ${order(first)} LIMIT ${params.add(window.limit, 'int')})
    SELECT ${EVENT_COLUMNS}
    FROM page e LEFT JOIN attribution a ON a.event_id = e.id AND ${withinIds(params, window, 'a.event_id')}
    ORDER BY ${order('e')}`;
  return { sql, parameters: params.values };
}
