import { DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import { FILTER_FIELDS, type FilterCondition, type FilterField } from '@tallymark/contract/reports/filter';

/** `utm_source` as a person says it. */
export function writeField(field: string): string {
  const words = field
    .replace(/^prop:/, '')
    .replaceAll('_', ' ')
    .replace(/^utm/, 'UTM')
    .replace(/\bid$/, 'ID');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const FIELD_OPTIONS = [
  ...FILTER_FIELDS.map((field) => ({ value: field as FilterField | 'prop', label: writeField(field) })),
  { value: 'prop' as const, label: 'A prop …' },
];

export type Operation = FilterCondition['op'];

const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  is: 'is',
  isNot: 'is not',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  startsWith: 'starts with',
  above: 'is above',
  below: 'is below',
  exists: 'is there',
  missing: 'is missing',
};

/** What can be said of a field. */
export function operationsOf(field: FilterField | 'prop'): { readonly value: Operation; readonly label: string }[] {
  const numeric = field === 'value' || field === 'prop';
  const all = Object.entries(OPERATION_WORDS) as [Operation, string][];
  return all
    .filter(([op]) => numeric || (op !== 'above' && op !== 'below'))
    .map(([value, label]) => ({ value, label }));
}

/** A condition in its three parts; the last is null where the operation needs no value. */
export function wordsOf({ field, op, value }: FilterCondition) {
  const told = value === undefined ? null : [value].flat().join(', ') || '(none)';
  return { field: writeField(field), operation: OPERATION_WORDS[op], value: told };
}

/** A condition in words: `Channel is email`. */
export function writeCondition(condition: FilterCondition): string {
  const { field, operation, value } = wordsOf(condition);
  return [field, operation, ...(value === null ? [] : [value])].join(' ');
}

/** The dimension whose values can be suggested for a field. */
export function suggestedBy(field: FilterField | 'prop') {
  if (field === 'event_type') return field;
  return DIMENSIONS.find((dimension) => dimension === field) ?? null;
}
