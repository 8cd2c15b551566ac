import type { TrackingPlan } from '@tallymark/contract/plan';
import type { FilterCondition, ReportFilter } from '@tallymark/contract/reports/filter';
import { checkPropName } from './prop-filter.ts';
import { ReportError } from './report-error.ts';

/**
 * Checks a filter before it is kept: whoever asks with it later cannot mend it.
 * @throws ReportError `invalid_input` for a prop that no type of the plan has, and for a text that no event can have
 */
export function checkFilter(plan: TrackingPlan, filter: ReportFilter): void {
  for (const condition of filter) {
    const prop = propOf(condition);
    if (prop !== null) checkPropName(plan, prop);
    checkTexts(condition);
  }
}

function propOf({ field }: FilterCondition): string | null {
  return field.startsWith('prop:') ? field.slice('prop:'.length) : null;
}

function checkTexts({ field, value }: FilterCondition): void {
  const texts = [value ?? []].flat().filter((one) => typeof one === 'string');
  if (texts.every((text) => !text.includes('\0') && text.isWellFormed())) return;
  throw new ReportError('invalid_input', `The value of "${field}" has a character that no event has.`);
}
