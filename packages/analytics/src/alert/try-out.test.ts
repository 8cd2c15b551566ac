import { type AlertCondition, tryAlertInput } from '@tallymark/contract/alerts';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { describe, expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { ADMIN, type AlertWorld, openAlertWorld, PAGE_VIEWS } from './test-support/alert-world.ts';
import { tryAlert } from './try-out.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const WEEK_MS = 7 * DAY_MINUTES * MINUTE_MS;
const WINDOW_MINUTES = 120;

/** Page views of two weeks, in bursts with holes between. */
async function recordBursts(world: AlertWorld): Promise<number[]> {
  const minutes = Array.from({ length: 600 }, (_, n) => -((n * 37) % (14 * DAY_MINUTES)) - (n % 7) / 10).filter(
    (minute) => Math.floor(-minute / 300) % 3 !== 0,
  );
  await world.record(minutes.map((minute, n) => pageView(minute, { sessionId: `session-${n}` })));
  return minutes.map((minute) => world.clock.now.getTime() + minute * MINUTE_MS);
}

/** The slow way: every view looked at for every point. */
function reference(times: readonly number[], condition: AlertCondition, at: number): { value: number; met: boolean } {
  const countUpTo = (to: number) =>
    times.filter((time) => Math.floor(time) >= to - WINDOW_MINUTES * MINUTE_MS && Math.floor(time) < to).length;
  const value = countUpTo(at);
  if (condition.kind === 'above') return { value, met: value > condition.than };
  if (condition.kind === 'no_data') return { value, met: value === 0 };
  if (condition.kind !== 'change') throw new Error('not compared here');
  const before = countUpTo(at - WEEK_MS);
  return { value, met: before > 0 && (value - before) / before <= -condition.percent / 100 };
}

describe('a rule that is tried on the past', () => {
  test.each<[AlertCondition, number]>([
    [{ kind: 'above', than: 3 }, 7],
    [{ kind: 'no_data' }, 2],
    [{ kind: 'change', direction: 'down', percent: 40 }, 1],
  ])('by %j fires as the slow way says, in %i days', async (condition, days) => {
    await using world = await openAlertWorld();
    const times = await recordBursts(world);
    const input = tryAlertInput.parse({ ...PAGE_VIEWS, condition, windowMinutes: WINDOW_MINUTES, days });
    const tried = await world.alerts.tryOut(input, DEFAULT_SITE_ID, { session: ADMIN, signal: undefined });
    const { points, stepMinutes, fired } = tried;
    const count = Math.floor((days * DAY_MINUTES) / stepMinutes);
    const now = world.clock.now.getTime();
    expect(points.length).toBe(count);
    expect(points.length).toBeLessThanOrEqual(500);
    const expected = Array.from({ length: count }, (_, n) => {
      const at = now - (count - 1 - n) * stepMinutes * MINUTE_MS;
      return { at: new Date(at).toISOString(), ...reference(times, condition, at) };
    });
    expect(points).toEqual(expected);
    const mets = expected.map(({ met }) => met);
    expect(new Set(mets).size).toBe(2);
    const begins = expected.filter((_, n) => mets[n] && !mets[n - 1]).map(({ at }) => at);
    const ends = expected.filter((_, n) => !mets[n] && mets[n - 1]).map(({ at }) => at);
    expect(fired).toEqual(begins.map((from, n) => ({ from, to: ends[n] ?? null })));
    // Nothing of it is kept.
    expect(await world.history()).toEqual([]);
  });

  test('is looked at less often where the question takes longer, and not at all where it takes too long', async () => {
    await using world = await openAlertWorld();
    const rule = { ...PAGE_VIEWS, siteId: DEFAULT_SITE_ID, windowMinutes: 60 };
    const askIn = (ms: number) => async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { pageViews: 0 };
    };
    const now = world.clock.now;
    const budgetMs = 400;
    const { stepMinutes, points } = await tryAlert({ ask: askIn(20), session: ADMIN, now, budgetMs }, rule, 1);
    expect(stepMinutes).toBeGreaterThanOrEqual(60);
    expect(points.length).toBe(DAY_MINUTES / stepMinutes);
    let asked = 0;
    const slower = async () => {
      asked += 1;
      return askIn(asked === 1 ? 1 : 300)();
    };
    await expect(tryAlert({ ask: slower, session: ADMIN, now, budgetMs }, rule, 7)).rejects.toMatchObject({
      kind: 'passing',
      message: expect.stringContaining('Try fewer days'),
    });
    expect(asked).toBeLessThan(20);
  });

  test('is refused where there is no past, or nothing that can be asked', async () => {
    await using world = await openAlertWorld();
    const tryOut = (rule: object) =>
      world.alerts.tryOut(tryAlertInput.parse({ ...PAGE_VIEWS, ...rule }), DEFAULT_SITE_ID, {
        session: ADMIN,
        signal: undefined,
      });
    const refused = (message: string) => ({ kind: 'rule', message: expect.stringContaining(message) });
    const pipeline = { kind: 'pipeline', figure: 'dead_letters' } as const;
    await expect(tryOut({ source: pipeline })).rejects.toMatchObject(refused('no past'));
    const unknown = { ...PAGE_VIEWS.source, question: 'stats.nothing' };
    await expect(tryOut({ source: unknown })).rejects.toMatchObject(refused('stats.nothing'));
  });
});
