import type { SqlParams } from './sql-params.ts';

/** Events of some types, on some pages where that is said. */
export interface JourneyPoint {
  /** An index leads to them, which it does not to pages: for a page, the types that have one. */
  readonly eventTypes: readonly string[];
  /** A path; with `*` at its end, what paths begin with. */
  readonly page: string | null;
}

/** The condition, on facts of alias `f`, that they are what is pointed at. */
export function atPoint(params: SqlParams, { eventTypes, page }: JourneyPoint): string {
  const types = `f.event_type = ANY (${params.add(eventTypes, 'text[]')})`;
  return page === null ? types : `${types} AND ${onPage(params, page)}`;
}

function onPage(params: SqlParams, page: string): string {
  if (!page.endsWith('*')) return `f.page = ${params.add(page, 'text')}`;
  return `starts_with(f.page, ${params.add(page.slice(0, -1), 'text')})`;
}
