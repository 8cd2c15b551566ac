import { setImmediate as pause } from 'node:timers/promises';
import type { FrequentPath } from '@tallymark/contract/patterns';
import type { SessionPages } from '@tallymark/prisma/stores/pattern-sessions';

const LONGEST = 5;
const SHOWN = 20;
const FEWEST_SESSIONS = 5;
/** Of the sessions, in per cent. */
const LEAST_SHARE = 1;
/** A path that is nearly always part of a longer one says nothing that the longer one does not. */
const ABSORBED = 0.9;
const SESSIONS_AT_A_TIME = 200;

interface Counted {
  readonly pages: readonly string[];
  sessions: number;
  converted: number;
}

/**
 * Paths of two to five pages that many sessions take, each counted once a session. Every part of a frequent path is
 * frequent, so that only runs of frequent pages are looked through. Lets others in now and then: the process does more.
 */
export async function findPaths(sessions: readonly SessionPages[]): Promise<FrequentPath[]> {
  const least = Math.max(FEWEST_SESSIONS, (sessions.length * LEAST_SHARE) / 100);
  const seenBy = new Map<string, number>();
  for (const { pages } of sessions) for (const page of new Set(pages)) seenBy.set(page, (seenBy.get(page) ?? 0) + 1);
  const isFrequent = (page: string) => (seenBy.get(page) ?? 0) >= least;
  const counted = new Map<string, Counted>();
  for (const [at, { pages, converted }] of sessions.entries()) {
    if (at % SESSIONS_AT_A_TIME === 0) await pause();
    const paths = new Map(runsOf(withoutRepeats(pages), isFrequent).flatMap((run) => [...pathsOf(run)]));
    for (const [key, path] of paths) {
      const known = counted.get(key) ?? { pages: path, sessions: 0, converted: 0 };
      known.sessions += 1;
      if (converted) known.converted += 1;
      counted.set(key, known);
    }
  }
  const frequent = [...counted.values()].filter((path) => path.pages.length > 1 && path.sessions >= least);
  const longer = new Map<string, number>();
  for (const { pages, sessions: count } of frequent) {
    for (const part of [pages.slice(1), pages.slice(0, -1)]) {
      longer.set(keyOf(part), Math.max(longer.get(keyOf(part)) ?? 0, count));
    }
  }
  const sessionsOf = (pages: readonly string[]) => counted.get(keyOf(pages))?.sessions ?? 0;
  return frequent
    .filter((path) => (longer.get(keyOf(path.pages)) ?? 0) < ABSORBED * path.sessions)
    .sort(
      (a, b) => b.sessions - a.sessions || b.pages.length - a.pages.length || compare(keyOf(a.pages), keyOf(b.pages)),
    )
    .slice(0, SHOWN)
    .map(({ pages, sessions: count, converted }) => ({
      pages: [...pages],
      sessions: count,
      share: (100 * count) / sessions.length,
      lift: (count * sessions.length) / (sessionsOf(pages.slice(0, -1)) * sessionsOf(pages.slice(-1))),
      conversionRate: (100 * converted) / count,
    }));
}

const keyOf = (pages: readonly string[]) => pages.join('\0');
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const withoutRepeats = (pages: readonly string[]) => pages.filter((page, at) => page !== pages[at - 1]);

/** Parts of it without a page that is not frequent. */
function runsOf(pages: readonly string[], isFrequent: (page: string) => boolean): string[][] {
  const runs: string[][] = [[]];
  for (const page of pages) {
    if (isFrequent(page)) runs.at(-1)?.push(page);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

/** Single pages among them: what chance is reckoned from. */
function pathsOf(pages: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  for (let from = 0; from < pages.length; from += 1) {
    for (let length = 1; length <= LONGEST && from + length <= pages.length; length += 1) {
      const path = pages.slice(from, from + length);
      paths.set(keyOf(path), path);
    }
  }
  return paths;
}
