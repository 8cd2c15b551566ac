import { type AdditiveModel, foldAdditive, QUARTER, VALUE } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const sums = { events: 'f.weight', value: VALUE };

const BY_SITE: AdditiveModel = { keys: { site_id: 'f.site_id', quarter: QUARTER, is_bot: 'f.is_bot' }, sums };

const BY_TYPE: AdditiveModel = {
  keys: {
    site_id: 'f.site_id',
    event_type: 'f.event_type',
    quarter: QUARTER,
    service: `coalesce(f.service, '')`,
    is_bot: 'f.is_bot',
  },
  sums,
};

/** How much happened in each quarter of an hour: by site, and by type and service. */
export const countsProjection: Projection = {
  name: 'counts',
  version: 1,
  eventTypes: null,
  tables: [
    { name: 'site_counts', time: 'quarter' },
    { name: 'event_counts', time: 'quarter' },
  ],
  fold: async (tx, fold) => {
    await foldAdditive(tx, fold.table('site_counts'), BY_SITE, fold);
    await foldAdditive(tx, fold.table('event_counts'), BY_TYPE, fold);
  },
};
