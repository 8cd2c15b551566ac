import { type AdditiveModel, DAY, foldAdditive } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const BY_UNIT: AdditiveModel = {
  keys: {
    site_id: 'f.site_id',
    day: DAY,
    event_type: 'f.event_type',
    unit: 'f.sampling_unit',
    sampling_rate: 'f.sampling_rate',
    is_bot: 'f.is_bot',
  },
  sums: { counted: 'f.weight * f.sampling_rate / 100' },
  where: 'f.sampling_unit IS NOT NULL',
};

/** Events of sampled types by whom they were sampled, for the error of what is estimated from them. */
export const samplingProjection: Projection = {
  name: 'sampling',
  version: 1,
  eventTypes: null,
  tables: [{ name: 'sampled_units', time: 'day' }],
  fold: (tx, fold) => foldAdditive(tx, fold.table('sampled_units'), BY_UNIT, fold),
};
