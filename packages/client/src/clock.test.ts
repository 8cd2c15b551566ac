import { expect, test } from 'vitest';
import { serverClock } from './clock.ts';
import type { Kept } from './kept.ts';

const HOUR_MS = 3_600_000;

function inMemory(): Kept {
  const texts = new Map<string, string>();
  return {
    get: (name) => texts.get(name) ?? null,
    set: (name, value) => void (value === null ? texts.delete(name) : texts.set(name, value)),
  };
}

test('a clock that is off is measured once, however many ask', async () => {
  let asked = 0;
  const clock = serverClock(inMemory(), async () => {
    asked += 1;
    return Date.now() - HOUR_MS;
  });
  expect(clock.skew()).toBeNull();
  const skews = await Promise.all([clock.ask(), clock.ask()]);
  expect(asked).toBe(1);
  for (const skew of skews) expect(Math.abs(skew + HOUR_MS)).toBeLessThan(1_000);
  expect(clock.skew()).toBe(skews[0]);
  expect(await clock.ask()).toBe(skews[0]);
  expect(asked).toBe(1);
});

test('a difference of less than two seconds is none', async () => {
  const clock = serverClock(inMemory(), async () => Date.now() + 1_500);
  expect(await clock.ask()).toBe(0);
});

test('an answer is asked for again after an hour and known for a day; one from the future, or none, is not known', async () => {
  const kept = inMemory();
  let asked = 0;
  const clock = serverClock(kept, async () => {
    asked += 1;
    return Date.now();
  });
  const ago = (ms: number) => Date.now() - ms;
  for (const [text, known, again] of [
    [`5000 ${ago(HOUR_MS - 5_000)}`, 5_000, 0],
    [`5000 ${ago(HOUR_MS + 1)}`, 5_000, 1],
    [`5000 ${ago(24 * HOUR_MS + 1)}`, null, 1],
    [`5000 ${ago(-HOUR_MS)}`, null, 1],
    ['nonsense', null, 1],
    [`x ${Date.now()}`, null, 1],
  ] as const) {
    kept.set('skew', text);
    expect(clock.skew(), text).toBe(known);
    asked = 0;
    await clock.ask();
    expect(asked, text).toBe(again);
  }
});

test('a server that does not tell its time is asked again', async () => {
  const answers = [Number.NaN, Date.now() + HOUR_MS];
  const clock = serverClock(inMemory(), async () => answers.shift() ?? 0);
  await expect(clock.ask()).rejects.toThrow('holds no time');
  expect(await clock.ask()).toBeGreaterThan(HOUR_MS - 1_000);
});
