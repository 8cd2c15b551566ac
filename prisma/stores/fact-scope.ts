import { FILTER_FIELDS, type FilterCondition } from '@tallymark/contract/reports/filter';
import { reachingBackTo } from './event-reach.ts';
import { withinIds } from './id-range.ts';
import type { SqlParams } from './sql-params.ts';

export type FactCondition = FilterCondition;

type Period = Pick<FactScope, 'from' | 'to'>;

/** Which facts a report is about. */
export interface FactScope {
  readonly siteId: string;
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly bots: 'include' | 'exclude' | 'only';
  readonly filter: readonly FactCondition[];
}

/** The condition, on facts of alias `f`, that they are within the scope. */
export function withinScope(params: SqlParams, scope: FactScope, f = 'f'): string {
  const parts = [
    `${f}.site_id = ${params.add(scope.siteId, 'uuid')}`,
    withinTime(params, scope, f),
    ...botCondition(scope.bots, f),
    ...scope.filter.map((condition) => conditionSql(params, condition, f, scope)),
  ];
  return parts.join(' AND ');
}

/** Within a period, and in the months of ids that it can lie in. */
export function withinTime(params: SqlParams, { from, to }: Period, f = 'f'): string {
  return `${f}.occurred_at >= ${reachingBackTo(params, from)}
    AND ${f}.occurred_at < ${params.add(to.toISOString(), 'timestamptz')} AND ${withinIds(params, { from, to }, `${f}.id`)}`;
}

/** None, or one condition on `is_bot` of facts or of any read model. */
export function botCondition(bots: FactScope['bots'], alias: string): string[] {
  if (bots === 'include') return [];
  return [bots === 'only' ? `${alias}.is_bot` : `NOT ${alias}.is_bot`];
}

/** A missing field is not any value: `isNot` and `notIn` hold for it. */
function conditionSql(params: SqlParams, condition: FactCondition, f: string, period: Period): string {
  if (condition.field.startsWith('prop:')) return propCondition(params, condition, f, period);
  return `(${compare(params, condition, columnOf(condition.field, f))})`;
}

const FIELDS = new Set<string>(FILTER_FIELDS);

/** RangeError for what is no field: it goes into the statement as it is. */
function columnOf(field: string, f: string): string {
  if (!FIELDS.has(field)) throw new RangeError(`"${field}" is no field of an event`);
  return `${f}.${field}`;
}

/** Props stand in the event, but for those of an older schema version, which the fact has as they are today. */
function propCondition(params: SqlParams, condition: FactCondition, f: string, period: Period): string {
  const prop = params.add(condition.field.slice('prop:'.length), 'text');
  const compared = compare(params, condition, `coalesce(${f}.props, e.props_json) ->> ${prop}`);
  return `EXISTS (SELECT FROM events e WHERE e.id = ${f}.id AND ${withinIds(params, period, 'e.id')} AND (${compared}))`;
}

function compare(params: SqlParams, { op, value, field }: FactCondition, left: string): string {
  const text = `(${left})::text`;
  const one = () => params.add(String(value), 'text');
  const list = () => params.add((Array.isArray(value) ? value : [value]).map(String), 'text[]');
  const number = () => params.add(Number(value), 'float8');
  const numeric = field.startsWith('prop:')
    ? `CASE WHEN char_length(${left}) <= 100 AND ${left} ~ '^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,2})?$' THEN (${left})::float8 END`
    : left;
  switch (op) {
    // Without a cast where there is none to make: an index on the column can be used.
    case 'is':
      return field === 'conversion' || field === 'value' ? `${text} = ${one()}` : `${left} = ${one()}`;
    case 'isNot':
      return `(${text} = ${one()}) IS NOT TRUE`;
    case 'in':
      return field === 'conversion' || field === 'value' ? `${text} = ANY (${list()})` : `${left} = ANY (${list()})`;
    case 'notIn':
      return `(${text} = ANY (${list()})) IS NOT TRUE`;
    case 'contains':
      return `position(lower(${one()}) IN lower(${text})) > 0`;
    case 'startsWith':
      return `starts_with(${text}, ${one()})`;
    case 'above':
      return `${numeric} > ${number()}`;
    case 'below':
      return `${numeric} < ${number()}`;
    case 'exists':
      return `${left} IS NOT NULL`;
    case 'missing':
      return `${left} IS NULL`;
  }
}
