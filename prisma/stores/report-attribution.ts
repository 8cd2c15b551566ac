import type { CampaignGroup } from '@tallymark/contract/reports/campaigns';
import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import type { CountedPieces } from './counted-parts.ts';
import { botCondition, type FactScope, withinScope } from './fact-scope.ts';
import { type ReportStatement, UNIT_OF_FACT, variancesSql } from './report-placed-variance.ts';
import { SqlParams } from './sql-params.ts';

/** Which conversions are told by what brought them. */
export interface AttributionSelection {
  readonly scope: FactScope;
  readonly by: CampaignGroup;
  readonly campaignId: string | null;
  /** Of a touch, its source. */
  readonly influencerId: string | null;
}

const attributed = z.object({
  model: z.enum(['first', 'last']),
  kind: z.enum(['named', 'other', 'unattributed']),
  campaignId: z.string().nullable(),
  source: z.string().nullable(),
  conversions: z.number(),
  value: z.number(),
});
export type AttributedSums = z.infer<typeof attributed>;

/** Both touches of a conversion `t`. A campaign without a name is none. */
const TOUCHES = `(VALUES
  ('first', nullif(t.first_campaign, ''), nullif(t.first_source, '')),
  ('last', nullif(t.last_campaign, ''), nullif(t.last_source, ''))) AS m (model, campaign, source)`;

/** The statement for the campaigns that brought the most conversions, by model; then those of others, and of none. */
export function attributionStatement(
  selection: AttributionSelection,
  pieces: CountedPieces,
  limit: number,
): ReportStatement {
  const params = new SqlParams();
  const most = params.add(limit, 'int');
  const parts = [
    ...pieces.months.map((period) => summed(params, selection.scope, 'month', period)),
    ...pieces.days.map((period) => summed(params, selection.scope, 'day', period)),
    ...pieces.rests.map((period) => touchedIn(params, { ...selection.scope, ...period })),
  ];
  const sql = `WITH cells AS (${parts.join(' UNION ALL ')}
    ), grouped AS (
      SELECT model, campaign IS NULL AS unattributed, ${keyOf(selection.by).campaign} AS campaign,
             ${keyOf(selection.by).source} AS source, sum(conversions) AS conversions, sum(value) AS value
      FROM cells c WHERE ${touchedBy(params, selection)} GROUP BY 1, 2, 3, 4
    ), ranked AS (
      SELECT *, CASE
        WHEN unattributed THEN 'unattributed'
        WHEN row_number() OVER (PARTITION BY model, unattributed
          ORDER BY conversions DESC, campaign COLLATE "C", source COLLATE "C") <= ${most} THEN 'named'
        ELSE 'other' END AS kind
      FROM grouped
    )
    SELECT model, kind, campaign AS "campaignId", source, sum(conversions)::float8 AS conversions, sum(value)::float8 AS value
    FROM (SELECT model, kind, conversions, value, CASE WHEN kind = 'named' THEN campaign END AS campaign,
                 CASE WHEN kind = 'named' THEN source END AS source FROM ranked) AS cut
    GROUP BY model, kind, campaign, source
    ORDER BY model, array_position(ARRAY['named', 'other', 'unattributed'], kind), sum(conversions) DESC,
             campaign COLLATE "C", source COLLATE "C"`;
  return { sql, parameters: params.values };
}

export async function readAttribution(
  db: SqlExecutor,
  { sql, parameters }: ReportStatement,
): Promise<AttributedSums[]> {
  return z.array(attributed).parse(await db.$queryRawUnsafe(sql, ...parameters));
}

export const ATTRIBUTION_MEASURES = ['conversions', 'value'] as const;

/** The place of a row's variances. */
export const attributionPlace = (row: Pick<AttributedSums, 'model' | 'kind'>, at: number) =>
  row.kind === 'named' ? `row ${at}` : `${row.model} ${row.kind}`;

/** The statement for the variances of rows, by place. */
export function attributionVariancesStatement(
  selection: AttributionSelection,
  rows: readonly AttributedSums[],
): ReportStatement {
  const params = new SqlParams();
  const conditions = conversionsIn(params, selection.scope);
  const facts = withinScope(params, selection.scope);
  const named = rows.flatMap((row, at) => (row.kind === 'named' ? [{ ...row, place: attributionPlace(row, at) }] : []));
  const column = (key: 'model' | 'campaignId' | 'source' | 'place') =>
    params.add(
      named.map((row) => row[key]),
      'text[]',
    );
  const key = keyOf(selection.by);
  const placed = `WITH sampled AS (
      SELECT t.first_campaign, t.first_source, t.last_campaign, t.last_source, ${UNIT_OF_FACT},
             t.weight AS conversions, t.value * t.weight AS value
      FROM conversion_touches t JOIN event_facts f ON f.id = t.event_id AND f.sampling_unit IS NOT NULL AND ${facts}
      WHERE ${conditions}
    )
    SELECT coalesce(shown.place, c.model || CASE WHEN c.campaign IS NULL THEN ' unattributed' ELSE ' other' END) AS place,
           c.unit, c.p, c.conversions, c.value
    FROM (SELECT m.*, t.unit, t.p, t.conversions, t.value FROM sampled t CROSS JOIN LATERAL ${TOUCHES}) AS c
    LEFT JOIN unnest(${column('model')}, ${column('campaignId')}, ${column('source')}, ${column('place')})
        AS shown (model, campaign, source, place)
      ON c.campaign IS NOT NULL AND shown.model = c.model AND shown.campaign IS NOT DISTINCT FROM ${key.campaign}
        AND shown.source IS NOT DISTINCT FROM ${key.source}
    WHERE ${touchedBy(params, selection)}`;
  return { sql: variancesSql(placed, ATTRIBUTION_MEASURES), parameters: params.values };
}

function conversionsIn(params: SqlParams, scope: FactScope): string {
  return [
    `t.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `t.occurred_at >= ${params.add(scope.from.toISOString(), 'timestamptz')}`,
    `t.occurred_at < ${params.add(scope.to.toISOString(), 'timestamptz')}`,
    ...botCondition(scope.bots, 't'),
  ].join(' AND ');
}

function summed(
  params: SqlParams,
  scope: FactScope,
  grain: 'day' | 'month',
  { from, to }: Pick<FactScope, 'from' | 'to'>,
): string {
  const conditions = [
    `c.site_id = ${params.add(scope.siteId, 'uuid')}`,
    `c.${grain} >= ${params.add(from.toISOString().slice(0, 10), 'date')}`,
    `c.${grain} < ${params.add(to.toISOString().slice(0, 10), 'date')}`,
    ...botCondition(scope.bots, 'c'),
  ];
  return `SELECT c.model, nullif(c.campaign, '') AS campaign, nullif(c.source, '') AS source, c.conversions, c.value
    FROM touch_${grain}s c WHERE ${conditions.join(' AND ')}`;
}

function touchedIn(params: SqlParams, scope: FactScope): string {
  return `SELECT m.*, t.weight AS conversions, t.value * t.weight AS value
    FROM conversion_touches t ${factsOf(params, scope)} CROSS JOIN LATERAL ${TOUCHES}
    WHERE ${conversionsIn(params, scope)}`;
}

/** The read model has neither types nor props: a filter is one on the fact of the conversion. */
const factsOf = (params: SqlParams, scope: FactScope) =>
  scope.filter.length === 0 ? '' : `JOIN event_facts f ON f.id = t.event_id AND ${withinScope(params, scope)}`;

const touchedBy = (params: SqlParams, { campaignId, influencerId }: AttributionSelection) =>
  [
    'true',
    ...(campaignId === null ? [] : [`c.campaign = ${params.add(campaignId, 'text')}`]),
    ...(influencerId === null ? [] : [`c.source = ${params.add(influencerId, 'text')}`]),
  ].join(' AND ');

const keyOf = (by: CampaignGroup) => ({
  campaign: by === 'influencer' ? 'NULL::text' : 'c.campaign',
  source: by === 'campaign' ? 'NULL::text' : 'c.source',
});
