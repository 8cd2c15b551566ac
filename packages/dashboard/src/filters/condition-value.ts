import { type FilterCondition, filterCondition } from '@tallymark/contract/reports/filter';
import type { Operation } from './filter-words.ts';

type Scalar = string | number | boolean;

/** What is typed: a number and true or false where it looks like one of a prop, else a text; `"42"` is a text. */
export function readScalar(text: string): Scalar {
  if (/^(-?\d+(\.\d+)?|true|false|".*")$/.test(text)) {
    try {
      return JSON.parse(text) as Scalar;
    } catch {
      return text;
    }
  }
  return text;
}

interface Typed {
  readonly field: string;
  readonly op: Operation;
  /** Of a list, with commas between. */
  readonly text: string;
}

/** A condition, or what is wrong with it. Fields other than props and `value` hold texts, whatever they look like. */
export function readCondition({ field, op, text }: Typed): FilterCondition | string {
  const scalar = (one: string) =>
    field.startsWith('prop:') || field === 'value' || field === 'conversion' ? readScalar(one) : one;
  const value = () => {
    if (op === 'exists' || op === 'missing') return {};
    if (op === 'in' || op === 'notIn') return { value: text.split(',').map((one) => scalar(one.trim())) };
    return { value: op === 'contains' || op === 'startsWith' ? text : scalar(text) };
  };
  const read = filterCondition.safeParse({ field, op, ...value() });
  return read.success ? read.data : (read.error.issues[0]?.message ?? 'This is no condition.');
}
