import { expect, test } from 'vitest';
import { reachingBackTo, reachOf } from './event-reach.ts';
import { withinTime } from './fact-scope.ts';
import { SqlParams } from './sql-params.ts';

const day = (number: number) => new Date(Date.UTC(2026, 10, number));

test('a statement reaches back to the earliest time that it reads events or facts from', () => {
  const params = new SqlParams();
  const site = params.add('2020-01-01T00:00:00Z', 'timestamptz');
  const within = [3, 2, 4].map((from) => withinTime(params, { from: day(from), to: day(9) }));
  expect(reachOf(`SELECT ${site} WHERE ${within.join(' OR ')}`, params.values)).toEqual(day(2));
});

test('one that reads read models alone reaches back to nothing', () => {
  expect(reachOf('SELECT FROM dimension_days WHERE day >= $1::timestamptz', [day(1).toISOString()])).toBeNull();
});

test('a place of two figures is told from one of one', () => {
  const params = new SqlParams();
  for (let at = 1; at <= 11; at += 1) params.add(day(1).toISOString(), 'timestamptz');
  expect(reachOf(`time >= ${reachingBackTo(params, day(5))}`, params.values)).toEqual(day(5));
});
