import { expect, test } from 'vitest';
import { uuidV7 } from '../uuid-v7.ts';
import { idRange } from './id-range.ts';

const rangeOf = (from: string, to: string) => idRange({ from: new Date(from), to: new Date(to) });

test('ids of a period are in its range, also where a host was off by some hours', () => {
  const { lowest, beyond } = rangeOf('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z');
  for (const time of ['2026-10-31T12:00:00Z', '2026-11-15T00:00:00Z', '2026-12-01T12:00:00Z']) {
    const id = uuidV7(Date.parse(time));
    expect(lowest <= id && id < beyond).toBe(true);
  }
  for (const time of ['2026-10-30T12:00:00Z', '2026-12-02T12:00:00Z']) {
    const id = uuidV7(Date.parse(time));
    expect(lowest <= id && id < beyond).toBe(false);
  }
});

test('a period from before the first id, or behind the last, has a range too', () => {
  expect(rangeOf('-000100-01-01T00:00:00Z', '1970-01-01T12:00:00Z').lowest).toBe(
    '00000000-0000-0000-0000-000000000000',
  );
  const { lowest, beyond } = rangeOf('9999-12-31T12:00:00Z', '+020000-01-01T00:00:00Z');
  expect(lowest < beyond).toBe(true);
});
