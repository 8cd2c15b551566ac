import { reachingBackTo } from './event-reach.ts';
import { type FactScope, withinScope } from './fact-scope.ts';
import { withinIds } from './id-range.ts';
import type { SqlParams } from './sql-params.ts';

type Scalar = string | number | boolean;

/** What the value of a prop has to be. */
export type PropTest = { readonly prop: string } & (
  | { readonly op: 'is' | 'contains'; readonly value: Scalar }
  | { readonly op: 'in'; readonly value: readonly Scalar[] }
  | { readonly op: 'above' | 'below'; readonly value: number }
  | { readonly op: 'exists'; readonly value: boolean }
);

/** Columns of an event that are asked for by their value. */
const SEARCHED = {
  eventTypes: 'event_type',
  source: 'source',
  service: 'service',
  entityType: 'entity_type',
  entityId: 'entity_id',
  actorId: 'actor_id',
  visitorId: 'visitor_id',
  sessionId: 'session_id',
} as const;
type Searched = { readonly [Field in Exclude<keyof typeof SEARCHED, 'eventTypes'>]: string | null };

export interface EventConditions extends Searched, Pick<FactScope, 'siteId' | 'bots' | 'filter'> {
  /** Null: events of any type. Of no type at all there are none. */
  readonly eventTypes: readonly string[] | null;
  readonly workedOutSessionId: string | null;
  readonly props: readonly PropTest[];
  /** Present version by type, of types that have had another: props of older events stand in their facts. */
  readonly versions: ReadonlyMap<string, number>;
}

/** Those whose events are few, and have an index of their own. */
export const isLookup = ({ entityType, entityId, visitorId, sessionId, workedOutSessionId }: EventConditions) =>
  [visitorId, sessionId, workedOutSessionId].some((named) => named !== null) ||
  (entityType !== null && entityId !== null);

/** Whether it is events as they count that are asked for: only these are known to be of bots, of a channel, a session. */
export const asksFacts = ({ bots, filter, workedOutSessionId }: EventConditions) =>
  bots !== 'include' || filter.length > 0 || workedOutSessionId !== null;

export interface SearchPeriod {
  readonly from: Date;
  readonly to: Date;
}

/** What `e` of events, and `f` of their facts where those are asked for, have to meet. */
export function eventConditions(params: SqlParams, asked: EventConditions, period: SearchPeriod): string {
  const facts = asksFacts(asked) ? [factConditions(params, asked, period)] : [];
  // Where it names few events, the site is compared in a way that no index serves: the planner would take the whole site
  // in order of time, hoping to come upon them soon.
  const site = isLookup(asked) ? 'IS NOT DISTINCT FROM' : '=';
  return [
    ...facts,
    `e.site_id ${site} ${params.add(asked.siteId, 'uuid')}`,
    `e.occurred_at >= ${reachingBackTo(params, period.from)}`,
    `e.occurred_at < ${params.add(period.to.toISOString(), 'timestamptz')}`,
    withinIds(params, period, 'e.id'),
    ...columnConditions(params, asked, ALL_FIELDS, 'e'),
    ...asked.props.map((test) => propCondition(params, test, todaysProps(params, asked, period))),
  ].join(' AND ');
}

function factConditions(params: SqlParams, asked: EventConditions, period: SearchPeriod): string {
  const session = asked.workedOutSessionId;
  return [
    withinScope(params, { ...asked, ...period }),
    // Said of both, so that either side is read by the index that fits.
    ...columnConditions(params, asked, ['eventTypes', 'source', 'service'], 'f'),
    ...(session === null ? [] : [`f.session_id = ${params.add(session, 'uuid')}`]),
  ].join(' AND ');
}

type Field = keyof typeof SEARCHED;
const ALL_FIELDS = Object.keys(SEARCHED) as Field[];

function columnConditions(
  params: SqlParams,
  asked: EventConditions,
  fields: readonly Field[],
  alias: string,
): string[] {
  return fields.flatMap((field) => {
    const value = asked[field];
    if (value === null) return [];
    const [only, ...more] = [value].flat();
    if (only === undefined) return ['false'];
    // A single value leaves the index in the order of time.
    if (more.length === 0) return [`${alias}.${SEARCHED[field]} = ${params.add(only, 'text')}`];
    return [`${alias}.${SEARCHED[field]} = ANY (${params.add([only, ...more], 'text[]')})`];
  });
}

/** Props as the plan has them today. Of an older event that is not counted, they are as they were stored. */
function todaysProps(params: SqlParams, asked: EventConditions, period: SearchPeriod): string {
  if (asksFacts(asked)) return 'coalesce(f.props, e.props_json)';
  const changed = [...asked.versions].filter(([type]) => asked.eventTypes?.includes(type) ?? true);
  if (changed.length === 0) return 'e.props_json';
  const older = changed.map(
    ([type, version]) =>
      `e.schema_version < ${params.add(version, 'int')} AND e.event_type = ${params.add(type, 'text')}`,
  );
  const upcast = `SELECT u.props FROM event_facts u WHERE u.id = e.id AND ${withinIds(params, period, 'u.id')}`;
  return `CASE WHEN ${older.join(' OR ')} THEN coalesce((${upcast}), e.props_json) ELSE e.props_json END`;
}

function propCondition(params: SqlParams, test: PropTest, props: string): string {
  const name = params.add(test.prop, 'text');
  const value = `(${props} -> ${name})`;
  const number = () => `CASE WHEN jsonb_typeof(${value}) = 'number' THEN ${value}::numeric END`;
  switch (test.op) {
    case 'is':
      return `${value} = ${json(params, test.value)}`;
    case 'in':
      return `${value} IN (${test.value.map((one) => json(params, one)).join(', ')})`;
    case 'above':
      return `${number()} > ${params.add(test.value, 'float8')}::numeric`;
    case 'below':
      return `${number()} < ${params.add(test.value, 'float8')}::numeric`;
    case 'contains':
      return `CASE jsonb_typeof(${value}) WHEN 'array' THEN ${value} @> ${json(params, test.value)}
        WHEN 'string' THEN position(lower(${params.add(String(test.value), 'text')}) IN lower(${value} #>> '{}')) > 0 END`;
    case 'exists':
      return `(${props} ->> ${name}) IS ${test.value ? 'NOT NULL' : 'NULL'}`;
  }
}

/** Compared as JSON, numbers are equal however they are written, and never equal to a text. */
function json(params: SqlParams, value: Scalar): string {
  if (typeof value === 'boolean') return `'${value}'::jsonb`;
  return `to_jsonb(${params.add(value, typeof value === 'number' ? 'float8' : 'text')})`;
}
