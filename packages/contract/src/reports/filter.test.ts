import { expect, test } from 'vitest';
import { filterCondition } from './filter.ts';

const problem = (condition: object) => filterCondition.safeParse(condition).error?.issues[0]?.message ?? null;

test.each([
  [{ field: 'channel', op: 'is', value: 'paid' }, null],
  [{ field: 'prop:price', op: 'above', value: 3 }, null],
  [{ field: 'page', op: 'missing' }, null],
  [{ field: 'page', op: 'missing', value: 'x' }, '"missing" takes no value'],
  [{ field: 'page', op: 'in', value: '/a' }, '"in" takes a list of values'],
  [{ field: 'page', op: 'is' }, '"is" takes one value'],
  [{ field: 'page', op: 'contains', value: 1 }, '"contains" takes a text'],
  [{ field: 'value', op: 'below', value: 'x' }, '"below" takes a number'],
  [{ field: 'channel', op: 'above', value: 1 }, '"above" is for "value" and for props'],
])('%j: %s', (condition, expected) => {
  expect(problem(condition)).toBe(expected);
});

test('a field that is none is refused', () => {
  expect(problem({ field: 'ip; drop table events', op: 'is', value: 'x' })).not.toBeNull();
});
