import { foldVisitors } from '@tallymark/prisma/stores/fold-visitors';
import type { Projection } from '../projection.ts';

/** Who was there, by the quarter of an hour. Sketches are made of it later, and of no use once it changes. */
export const visitorsProjection: Projection = {
  name: 'visitors',
  version: 1,
  eventTypes: null,
  tables: [
    { name: 'visitor_quarters', time: 'quarter' },
    { name: 'visitor_sketches', time: 'starts_on', derived: true },
    { name: 'visitor_sketches_due', time: 'starts_on', derived: true },
  ],
  fold: (tx, fold) =>
    foldVisitors(
      tx,
      {
        quarters: fold.table('visitor_quarters'),
        sketches: fold.table('visitor_sketches'),
        due: fold.table('visitor_sketches_due'),
      },
      fold,
    ),
};
