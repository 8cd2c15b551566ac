import type { Dimension } from '@tallymark/contract/reports/dimensions';
import { type FactScope, withinScope } from './fact-scope.ts';
import { withinIds } from './id-range.ts';
import { type BreakdownStatement, topOfDistinct, topOfSums } from './report-breakdown.ts';
import { SqlParams } from './sql-params.ts';

/** What facts are told apart by: a column, the entities of one type, or a prop of their events. */
export type FactKey =
  | { readonly column: Dimension | 'event_type' }
  | { readonly entityType: string }
  | { readonly prop: string };

export interface ByFacts {
  readonly metric: 'events' | 'value' | 'visitors' | 'sessions';
  readonly by: FactKey;
  readonly eventType: string | null;
  readonly limit: number;
}

const LONGEST_NAME = 500;
const COUNTED = {
  events: 'f.weight',
  value: 'coalesce(f.value, 0) * f.weight',
  visitors: 'f.visitor',
  sessions: 'f.session_id',
} as const;

/** Anything by anything, fact by fact. */
export function factsByStatement(scope: FactScope, { metric, by, eventType, limit }: ByFacts): BreakdownStatement {
  const params = new SqlParams();
  const distinct = metric === 'visitors' || metric === 'sessions';
  const { name, join, where } = keySql(params, scope, by);
  const conditions = [
    withinScope(params, scope),
    ...(eventType === null ? [] : [`f.event_type = ${params.add(eventType, 'text')}`]),
    ...(distinct ? [`${COUNTED[metric]} IS NOT NULL`] : []),
    ...where,
  ];
  const rows = `SELECT ${name}, ${COUNTED[metric]} FROM event_facts f ${join} WHERE ${conditions.join(' AND ')}`;
  return { sql: (distinct ? topOfDistinct : topOfSums)(rows, params.add(limit, 'int')), parameters: params.values };
}

function keySql(params: SqlParams, scope: FactScope, by: FactKey) {
  if ('column' in by) return { name: `f.${by.column}`, join: '', where: [] };
  if ('entityType' in by) {
    return {
      name: 'f.entity_id',
      join: '',
      where: [`f.entity_type = ${params.add(by.entityType, 'text')}`, `f.entity_id <> ''`],
    };
  }
  // Ids bound the months of events that are looked into, as they do those of facts.
  return {
    name: `left(coalesce(f.props, e.props_json) ->> ${params.add(by.prop, 'text')}, ${LONGEST_NAME})`,
    join: 'JOIN events e ON e.id = f.id',
    where: [withinIds(params, scope, 'e.id')],
  };
}
