import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('returns the first value there is', async () => {
  let calls = 0;
  const value = await eventually(() => (++calls < 3 ? undefined : calls), { intervalMs: 1 });
  expect(value).toBe(3);
});

test('throws what the check threw last', async () => {
  const check = () => {
    throw new Error('not yet');
  };
  await expect(eventually(check, { timeoutMs: 5, intervalMs: 1 })).rejects.toThrow('not yet');
});

test('names the condition that never came true', async () => {
  await expect(eventually(() => false, { timeoutMs: 0 })).rejects.toThrow('still gives false');
});
