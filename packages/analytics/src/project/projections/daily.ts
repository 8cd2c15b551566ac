import { type AdditiveModel, DAY, foldAdditive, VALUE } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const BY_DAY: AdditiveModel = {
  keys: { site_id: 'f.site_id', day: DAY, is_bot: 'f.is_bot' },
  sums: {
    events: 'f.weight',
    page_views: 'CASE WHEN f.page IS NOT NULL THEN f.weight ELSE 0 END',
    conversions: 'CASE WHEN f.conversion THEN f.weight ELSE 0 END',
    value: VALUE,
  },
};

/** What a site's UTC day comes to. */
export const dailyProjection: Projection = {
  name: 'daily',
  version: 1,
  eventTypes: null,
  tables: [{ name: 'daily_stats', time: 'day' }],
  fold: (tx, fold) => foldAdditive(tx, fold.table('daily_stats'), BY_DAY, fold),
};
