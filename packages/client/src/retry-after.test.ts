import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

test('seconds', () => {
  expect(retryAfterMs('120')).toBe(120_000);
  expect(retryAfterMs('0')).toBe(0);
  expect(retryAfterMs('-5')).toBe(0);
});

test('a date', () => {
  const wait = retryAfterMs(new Date(Date.now() + 90_000).toUTCString());
  expect(wait).toBeGreaterThan(85_000);
  expect(wait).toBeLessThanOrEqual(90_000);
  expect(retryAfterMs(new Date(0).toUTCString())).toBe(0);
});

test('nothing that makes sense', () => {
  for (const header of [null, '', 'soon', 'Infinity']) expect(retryAfterMs(header), String(header)).toBeNull();
});
