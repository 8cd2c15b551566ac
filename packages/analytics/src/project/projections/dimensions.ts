import { DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import { type AdditiveModel, DAY, foldAdditive, MONTH, VALUE } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const by = (column: 'day' | 'month', time: string): AdditiveModel => ({
  keys: {
    site_id: 'f.site_id',
    dimension: 'd.dimension',
    [column]: time,
    event_type: 'f.event_type',
    value: `coalesce(d.value, '')`,
    is_bot: 'f.is_bot',
  },
  sums: { events: 'f.weight', amount: VALUE },
  spread: `(VALUES ${DIMENSIONS.map((dimension) => `('${dimension}', f.${dimension})`).join(', ')}) AS d (dimension, value)`,
});

/** How much happened on each UTC day and in each month, by type and by one dimension at a time. */
export const dimensionsProjection: Projection = {
  name: 'dimensions',
  version: 1,
  eventTypes: null,
  tables: [
    { name: 'dimension_days', time: 'day' },
    { name: 'dimension_months', time: 'month' },
  ],
  fold: async (tx, fold) => {
    await foldAdditive(tx, fold.table('dimension_days'), by('day', DAY), fold);
    await foldAdditive(tx, fold.table('dimension_months'), by('month', MONTH), fold);
  },
};
