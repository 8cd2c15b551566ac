import { expect, test } from 'vitest';
import { readPointer } from './read-pointer.ts';

const ANSWER = {
  visitors: { value: 12, error: null },
  none: null,
  text: '7',
  rows: [{ value: 3 }, { events: 4 }],
  'a/b': { 'm~n': 5 },
  broken: Number.NaN,
};

test.each<[string, number | null]>([
  ['/visitors', 12],
  ['/visitors/value', 12],
  ['/none', null],
  ['/rows/0', 3],
  ['/rows/1/events', 4],
  ['/a~1b/m~0n', 5],
])('%s finds %j', (pointer, found) => {
  expect(readPointer(ANSWER, pointer)).toBe(found);
});

test.each<[string, string, RegExp]>([
  ['/nobody', 'rule', /no "nobody". It has there: visitors, none/],
  ['/text', 'rule', /finds no number/],
  ['/visitors/error/standard', 'rule', /no "standard"/],
  ['/rows', 'rule', /finds no number/],
  ['/broken', 'rule', /finds no number/],
  ['/constructor', 'rule', /no "constructor"/],
  ['/', 'rule', /no ""/],
  // There may be more rows the next time.
  ['/rows/2', 'passing', /the list there has 2 entries/],
])('%s is no figure', (pointer, kind, message) => {
  expect(() => readPointer(ANSWER, pointer)).toThrow(
    expect.objectContaining({ kind, message: expect.stringMatching(message) }),
  );
});
