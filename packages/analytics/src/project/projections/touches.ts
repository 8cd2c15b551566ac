import { foldTouches, TOUCH_DAYS } from '@tallymark/prisma/stores/fold-touches';
import type { Projection } from '../projection.ts';

/** What brought whoever converted. Any event may be a touch, for its session's campaign is its own. */
export const touchesProjection: Projection = {
  name: 'touches',
  version: 1,
  eventTypes: null,
  lookBackDays: TOUCH_DAYS,
  tables: [
    { name: 'conversion_touches', time: 'occurred_at' },
    { name: 'touch_days', time: 'day' },
    { name: 'touch_months', time: 'month' },
  ],
  fold: (tx, fold) =>
    foldTouches(
      tx,
      {
        conversions: fold.table('conversion_touches'),
        days: fold.table('touch_days'),
        months: fold.table('touch_months'),
      },
      fold,
    ),
};
