import type { AlertCondition } from '@tallymark/contract/alerts';
import { expect, test } from 'vitest';
import { isMet } from './judge-condition.ts';

const change = (direction: 'up' | 'down' | 'either', percent = 50): AlertCondition => ({
  kind: 'change',
  direction,
  percent,
});

test.each<[AlertCondition, number | null, number | null, boolean]>([
  [{ kind: 'above', than: 10 }, 10.1, null, true],
  [{ kind: 'above', than: 10 }, 10, null, false],
  [{ kind: 'above', than: -1 }, null, null, false],
  [{ kind: 'below', than: 10 }, 9.9, null, true],
  [{ kind: 'below', than: 10 }, 10, null, false],
  [{ kind: 'below', than: 10 }, null, null, false],
  [{ kind: 'no_data' }, null, null, true],
  [{ kind: 'no_data' }, 0, null, true],
  [{ kind: 'no_data' }, -1, null, false],
  [change('up'), 15, 10, true],
  [change('up'), 14.9, 10, false],
  [change('up'), 5, 10, false],
  [change('down'), 5, 10, true],
  [change('down'), 15, 10, false],
  [change('either'), 15, 10, true],
  [change('either'), 5, 10, true],
  [change('either'), 10, 10, false],
  // Of something negative, less is down.
  [change('down'), -15, -10, true],
  [change('either'), 5, 0, false],
  [change('either'), 5, null, false],
  [change('either'), null, 5, false],
])('%j of %j, a week before %j: %j', (condition, value, reference, met) => {
  expect(isMet(condition, { value, reference })).toBe(met);
});
