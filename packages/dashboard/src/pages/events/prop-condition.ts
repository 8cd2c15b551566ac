import type { PropConditionInput } from '@tallymark/contract/reports/search';
import { createParser } from 'nuqs';
import { readScalar } from '../../filters/condition-value.ts';

const PROP_OPERATIONS = ['is', 'contains', 'above', 'below', 'exists', 'missing'] as const;
export type PropOperation = (typeof PROP_OPERATIONS)[number];

/** What one prop has to be, as it was typed. */
export interface TypedPropCondition {
  readonly prop: string;
  readonly op: PropOperation;
  readonly text: string;
}

/** `prop~op~text`, such as `path~contains~/assets`. */
export const parseAsPropCondition = createParser<TypedPropCondition>({
  parse: (written) => {
    const [prop = '', op, ...text] = written.split('~');
    const known = PROP_OPERATIONS.find((operation) => operation === op);
    return prop !== '' && known ? { prop, op: known, text: text.join('~') } : null;
  },
  serialize: ({ prop, op, text }) => `${prop}~${op}~${text}`,
  eq: (a, b) => a.prop === b.prop && a.op === b.op && a.text === b.text,
});

/** Several conditions on one prop all have to hold. */
export function propsInput(conditions: readonly TypedPropCondition[]): Record<string, PropConditionInput> {
  const props: Record<string, PropConditionInput> = {};
  for (const { prop, op, text } of conditions) props[prop] = { ...props[prop], ...partOf(op, text) };
  return props;
}

function partOf(op: PropOperation, text: string): PropConditionInput {
  switch (op) {
    case 'is':
      return { is: readScalar(text) };
    case 'contains':
      return { contains: readScalar(text) };
    case 'above':
      return { above: Number(text) };
    case 'below':
      return { below: Number(text) };
    case 'exists':
      return { exists: true };
    case 'missing':
      return { exists: false };
  }
}
