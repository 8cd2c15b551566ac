import { z } from 'zod';
import { DIMENSIONS } from './dimensions.ts';
import { storedText } from './stored-text.ts';

/** Fields of an event that a filter can name beside its props. */
export const FILTER_FIELDS = [
  ...DIMENSIONS,
  'event_type',
  'entity_id',
  'campaign_id',
  'influencer_id',
  'conversion',
  'value',
] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

/** `prop:` and the name of a prop, such as `prop:path`. */
const propField = z
  .string()
  .regex(/^prop:[^\0]{1,100}$/, 'is neither a field nor "prop:" and the name of a prop')
  .transform((field) => field as `prop:${string}`);

const scalar = z.union([storedText(500), z.number(), z.boolean()]);

/** One condition. `value` is missing for `exists` and `missing`, a list for `in` and `notIn`, one scalar otherwise. */
export const filterCondition = z
  .strictObject({
    field: z.union([z.enum(FILTER_FIELDS), propField]),
    op: z.enum(['is', 'isNot', 'in', 'notIn', 'contains', 'startsWith', 'above', 'below', 'exists', 'missing']),
    value: z.union([scalar, z.array(scalar).min(1).max(100)]).optional(),
  })
  .superRefine(({ field, op, value }, issues) => {
    const fail = (message: string) => issues.addIssue({ code: 'custom', message: `"${op}" ${message}` });
    if (op === 'exists' || op === 'missing') {
      if (value !== undefined) fail('takes no value');
    } else if (op === 'in' || op === 'notIn') {
      if (!Array.isArray(value)) fail('takes a list of values');
    } else if (value === undefined || Array.isArray(value)) fail('takes one value');
    else if ((op === 'above' || op === 'below') && typeof value !== 'number') fail('takes a number');
    else if ((op === 'above' || op === 'below') && field !== 'value' && !field.startsWith('prop:')) {
      fail('is for "value" and for props');
    } else if ((op === 'contains' || op === 'startsWith') && typeof value !== 'string') fail('takes a text');
  });
export type FilterCondition = z.infer<typeof filterCondition>;

/** Events that meet all conditions. */
export const reportFilter = z.array(filterCondition).max(20);
export type ReportFilter = z.infer<typeof reportFilter>;
