import { type AdditiveModel, DAY, foldAdditive, MONTH, VALUE } from '@tallymark/prisma/stores/fold-additive';
import type { Projection } from '../projection.ts';

const by = (column: 'day' | 'month', time: string): AdditiveModel => ({
  keys: {
    site_id: 'f.site_id',
    entity_type: 'f.entity_type',
    [column]: time,
    entity_id: 'e.entity_id',
    event_type: 'e.event_type',
    is_bot: 'f.is_bot',
  },
  sums: { events: 'f.weight', value: VALUE },
  where: `f.entity_type IS NOT NULL AND f.entity_id <> ''`,
  spread: `(VALUES (f.entity_id, f.event_type), (f.entity_id, ''), ('', f.event_type)) AS e (entity_id, event_type)`,
});

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
    await foldAdditive(tx, fold.table('entity_days'), by('day', DAY), fold);
    await foldAdditive(tx, fold.table('entity_months'), by('month', MONTH), fold);
  },
};
