import { describe, expect, it } from 'vitest';
import { formatBytes, formatLabel, formatPrice } from './format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [268_435_456, '268 MB'],
    [5e15, '5000 TB'],
  ])('%i bytes are %s', (bytes, words) => expect(formatBytes(bytes)).toBe(words));
});

it('calls a price of nothing free', () => {
  expect([formatPrice(0), formatPrice(12_900)]).toEqual(['Free', '$129.00']);
});

it('writes labels as people do', () => {
  expect(['in_review', '3D model'].map(formatLabel)).toEqual(['In review', '3D model']);
});
