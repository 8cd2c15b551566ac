import { type AdditiveModel, DAY, foldAdditive, MONTH, VALUE } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const WHERE = `f.entity_type IS NOT NULL AND f.entity_id <> ''`;
const SUMS = { events: 'f.weight', value: VALUE };

const BY_DAY: AdditiveModel = {
  keys: {
    site_id: 'f.site_id',
    entity_type: 'f.entity_type',
    day: DAY,
    entity_id: 'f.entity_id',
    event_type: 'f.event_type',
    is_bot: 'f.is_bot',
  },
  sums: SUMS,
  where: WHERE,
};

/** With sums for rankings and totals: on most days an entity has events of one type, and a sum would save nothing. */
const BY_MONTH: AdditiveModel = {
  keys: {
    site_id: 'f.site_id',
    entity_type: 'f.entity_type',
    event_type: 'e.event_type',
    month: MONTH,
    entity_id: 'e.entity_id',
    is_bot: 'f.is_bot',
  },
  sums: SUMS,
  where: WHERE,
  spread: `(VALUES (f.entity_id, f.event_type), (f.entity_id, ''), ('', f.event_type)) AS e (entity_id, event_type)`,
};

/** What happened to each entity of the host: views, downloads, licenses of an asset; and to all, by type. */
export const entitiesProjection: Projection = {
  name: 'entities',
  version: 1,
  eventTypes: null,
  tables: [
    { name: 'entity_days', time: 'day' },
    { name: 'entity_months', time: 'month' },
  ],
  fold: async (tx, fold) => {
    await foldAdditive(tx, fold.table('entity_days'), BY_DAY, fold);
    await foldAdditive(tx, fold.table('entity_months'), BY_MONTH, fold);
  },
};
