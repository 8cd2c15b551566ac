import { expect, test } from 'vitest';
import { findPaths } from './find-paths.ts';
import { seededRandom } from './k-means.ts';

const PAGES = ['/', '/assets', '/pricing', '/license', '/help'];

/** Sessions that mostly go from the start to a license, and some that wander. */
function sessionsOf(count: number) {
  const random = seededRandom(3);
  return Array.from({ length: count }, (_, n) => {
    const buys = n % 3 === 0;
    const wander = Array.from({ length: 1 + Math.floor(random() * 6) }, () => PAGES[Math.floor(random() * 5)] ?? '/');
    const pages = buys ? ['/', '/', '/assets', '/license', ...(n % 2 ? wander : [])] : wander;
    return { pages, converted: buys && n % 2 === 0 };
  });
}

/** The slow way: whether a session has the pages in a row, once repeats are one. */
function has(pages: readonly string[], path: readonly string[]): boolean {
  const once = pages.filter((page, at) => page !== pages[at - 1]);
  return once.some((_, from) => path.every((page, at) => once[from + at] === page));
}

test('paths are counted as the slow way counts them, and none that matters is missing', async () => {
  const sessions = sessionsOf(600);
  const found = await findPaths(sessions);
  const count = (path: readonly string[]) => sessions.filter(({ pages }) => has(pages, path)).length;
  expect(found.length).toBeGreaterThan(5);
  for (const { pages, sessions: counted, share, lift, conversionRate } of found) {
    expect(counted, pages.join(' → ')).toBe(count(pages));
    expect(share).toBeCloseTo((100 * counted) / 600, 9);
    expect(lift).toBeCloseTo((counted * 600) / (count(pages.slice(0, -1)) * count(pages.slice(-1))), 9);
    const converted = sessions.filter((session) => session.converted && has(session.pages, pages)).length;
    expect(conversionRate).toBeCloseTo((100 * converted) / counted, 9);
  }
  const counts = found.map(({ sessions: counted }) => counted);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  const pairs = PAGES.flatMap((a) => PAGES.filter((b) => b !== a).map((b) => [a, b]));
  const most = Math.max(...pairs.map(count));
  expect(found[0]?.sessions).toBeGreaterThanOrEqual(0.9 * most);
  // All of the start's way to the license is in the longer path already.
  expect(found.map(({ pages }) => pages.join(' '))).toContain('/ /assets /license');
});

test('what is rare, or one page alone, is no path', async () => {
  expect(await findPaths(sessionsOf(4))).toEqual([]);
  expect(await findPaths(Array.from({ length: 50 }, () => ({ pages: ['/', '/'], converted: false })))).toEqual([]);
  expect(await findPaths([])).toEqual([]);
});
