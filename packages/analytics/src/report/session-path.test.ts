import { expect, test } from 'vitest';
import { sessionPath } from './session-path.ts';

test('the same node several times in a row is one, and what is no node is passed over', () => {
  const visited = { codes: [1, 2, 3, 3, 0, 3, 4, 3], point: 1 };
  expect(sessionPath(visited, 'after', 5)).toEqual([3, 4, 3]);
  expect(sessionPath(visited, 'before', 5)).toEqual([1]);
});

test('what follows the point and is of its node is the point still', () => {
  expect(sessionPath({ codes: [2, 1, 1, 2], point: 1 }, 'after', 5)).toEqual([2]);
  expect(sessionPath({ codes: [2, 1, 1, 2], point: 2 }, 'before', 5)).toEqual([2]);
  // A point that is no node itself is of none.
  expect(sessionPath({ codes: [1, 0, 1], point: 1 }, 'after', 5)).toEqual([1]);
});

test('a path has no more levels than are asked for', () => {
  expect(sessionPath({ codes: [1, 2, 3, 4, 5], point: 0 }, 'after', 3)).toEqual([2, 3, 4]);
  expect(sessionPath({ codes: [1, 2, 3, 4, 5], point: 4 }, 'before', 2)).toEqual([4, 3]);
});
