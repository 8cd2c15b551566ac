import type { PlannedType } from '@tallymark/contract/reports/plan';
import { writeCount } from '../../format/numbers.ts';
import { words } from '../../format/words.ts';

/** `invalid props 12, invalid entity 3`. */
export const reasonsInWords = (reasons: PlannedType['reasons']) =>
  reasons.map(({ reason, events }) => `${words(reason)} ${writeCount(events)}`).join(', ');
