import { expect, test } from 'vitest';
import { rangeOf } from './period.ts';

const told = (period: Parameters<typeof rangeOf>[0], now: string) => {
  const { from, to } = rangeOf(period, new Date(now));
  return [from.toISOString(), to.toISOString()];
};

test.each([
  ['the first moment of a minute', '2026-11-15T12:30:00.000Z'],
  ['the last one', '2026-11-15T12:30:59.999Z'],
])('the present minute is in a period, asked in %s', (_, now) => {
  expect(told('24h', now)).toEqual(['2026-11-14T12:31:00.000Z', '2026-11-15T12:31:00.000Z']);
  expect(told('7d', now)).toEqual(['2026-11-08T12:00:00.000Z', '2026-11-15T12:31:00.000Z']);
  expect(told('12mo', now)).toEqual(['2025-11-15T12:00:00.000Z', '2026-11-15T12:31:00.000Z']);
});
