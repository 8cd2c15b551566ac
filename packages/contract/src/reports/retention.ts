import { z } from 'zod';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

/** Columns of a cohort, its own unit among them. */
export const RETENTION_COLUMNS = 31;
/** Units of a period. */
export const RETENTION_UNITS = 62;
/** A visitor seen within so many days before the period is not new. */
export const RETENTION_LOOKBACK_DAYS = 90;

const eventType = storedText(100).min(1);

export const retentionInput = reportScope.extend({
  /** Of cohorts and columns, in the time zone of the question; weeks begin on Monday. At most 62 in the period. */
  unit: z.enum(['day', 'week', 'month']).default('week'),
  /** Visitors join a cohort with their first event of this type; of any type when left out. */
  startEvent: eventType.optional(),
  /** They return with an event of this type; of any type when left out. */
  returnEvent: eventType.optional(),
  /** Leaves out visitors with an event of any kind in the 90 days before the period. */
  newVisitorsOnly: z.boolean().default(false),
});
export type RetentionInput = z.infer<typeof retentionInput>;

export const retentionAnswer = answeredScope.extend({
  unit: z.enum(['day', 'week', 'month']),
  /** One for each unit that begins before the end of the period and before now, those without visitors too. */
  cohorts: z.array(
    z.object({
      /** When its unit begins; the first and the last unit may be longer than what of them lies in the period. */
      start: z.iso.datetime(),
      /** Visitors whose first event of the period, or first `startEvent`, lies in the unit. */
      visitors: z.int(),
      /**
       * By column, up to 31: how many of them returned in the unit so many units later, at the time of that first event or
       * after it. Column 0 is the unit of the cohort; without `returnEvent` all of them are in it. Null in units that begin
       * behind the period or in the future.
       */
      returned: z.array(z.int().nullable()),
    }),
  ),
  /**
   * By column: the share of visitors who returned, from 0 to 1, over the cohorts for which the unit has begun. Null where
   * they have no visitors. Units that go on still are counted as far as they are.
   */
  average: z.array(z.number().min(0).max(1).nullable()),
});
export type RetentionAnswer = z.infer<typeof retentionAnswer>;
