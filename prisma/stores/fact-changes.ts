import { DIMENSIONS } from '@tallymark/contract/reports/dimensions';

/** What a read model has to take in: it holds all folds of facts up to `after`, and is to hold those up to `upTo`. */
export interface FactRange {
  readonly after: bigint;
  readonly upTo: bigint;
}

/** Columns of a fact but for the number of its change, in the order of both tables. */
export const FACT_COLUMNS = [
  'id',
  'site_id',
  'occurred_at',
  'visitor',
  'session_id',
  'sampling_unit',
  'weight',
  'value',
  'cost',
  'sampling_rate',
  'is_bot',
  'conversion',
  'event_type',
  ...DIMENSIONS,
  'entity_id',
  'campaign_role',
  'campaign_id',
  'influencer_id',
  'props',
] as const;

const COLUMNS = FACT_COLUMNS.join(', ');

/**
 * CTE `changes`: the facts as they stand at fold $2 less those as they stood at fold $1, each with its `sign`. What came
 * and went in between is not in it.
 */
export const CHANGES = `changes AS (
  SELECT 1 AS sign, ${COLUMNS} FROM event_facts WHERE change > $1::bigint AND change <= $2::bigint
  UNION ALL
  SELECT 1, ${COLUMNS} FROM fact_retractions
  WHERE change > $1::bigint AND change <= $2::bigint AND retracted > $2::bigint
  UNION ALL
  SELECT -1, ${COLUMNS} FROM fact_retractions
  WHERE retracted > $1::bigint AND retracted <= $2::bigint AND change <= $1::bigint
)`;
