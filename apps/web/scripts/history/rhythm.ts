import type { Random } from './random.ts';
import { type Day, NEWS_DAYS_AGO } from './sources.ts';

const HOUR_MS = 3_600_000;
/** How busy the hours of a day are, in UTC: offices in Europe, an evening, and what America adds to it. */
const WORKDAY = [9, 6, 5, 4, 5, 9, 18, 38, 62, 78, 82, 74, 66, 76, 82, 80, 72, 62, 56, 54, 50, 40, 26, 15];
const WEEKEND = [14, 10, 7, 5, 5, 7, 10, 18, 32, 46, 54, 58, 58, 56, 56, 58, 60, 62, 64, 66, 58, 44, 30, 20];

/** From Sunday. */
const SHARE_OF_WEEKDAY = [0.58, 1.05, 1.2, 1.12, 1.08, 0.95, 0.52];
const VISITS = 185;
/** The studio grows by this much in a month. */
const GROWTH = 0.25;
const DAYS_OF_A_MONTH = 30;

/** How many people come on a day. */
export function visitsOf(random: Random, { daysAgo, weekday }: Day): number {
  const grown = 1 + GROWTH * (1 - daysAgo / DAYS_OF_A_MONTH);
  const weather = 0.92 + random.next() * 0.16;
  const news = daysAgo === NEWS_DAYS_AGO ? 1.9 : 1;
  return Math.round(VISITS * grown * weather * news * (SHARE_OF_WEEKDAY[weekday] ?? 1));
}

/** Milliseconds into a day. */
export function timeOfDay(random: Random, { weekday }: Day): number {
  const hours = weekday === 0 || weekday === 6 ? WEEKEND : WORKDAY;
  const hour = random.weighted(hours.map((weight, at) => [at, weight] as const));
  return hour * HOUR_MS + random.int(0, HOUR_MS - 1);
}
