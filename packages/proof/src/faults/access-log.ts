import { writeFileSync } from 'node:fs';
import type { Chance } from './chance.ts';

export interface AccessLog {
  readonly path: string;
  readonly lines: number;
  readonly bad: number;
  /** Lines by `day status`, as they must be found in Postgres. */
  readonly counts: Readonly<Record<string, number>>;
}

const LINES = 20_000;
const DAYS = 12;
const DAY_SECONDS = 24 * 60 * 60;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BAD = [
  '',
  '83.149.9.216 - - [',
  'GET / HTTP/1.1',
  '1.2.3.4 - - [99/Foo/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
];

/** Writes the log of a site over twelve days that ended some days ago, with lines that are none and equal lines. */
export function writeAccessLog(path: string, chance: Chance): AccessLog {
  const today = Math.floor(Date.now() / 1_000 / DAY_SECONDS) * DAY_SECONDS;
  const start = today - (DAYS + chance.between(1, 10)) * DAY_SECONDS;
  const lines: string[] = [];
  const counts: Record<string, number> = {};
  let bad = 0;
  for (let at = 0; at < LINES; at += 1) {
    const kind = chance.between(1, 100);
    if (kind === 1) {
      lines.push(chance.pick(BAD) ?? '');
      bad += 1;
      continue;
    }
    const seconds = start + Math.floor((at * DAYS * DAY_SECONDS) / LINES);
    const status = chance.pick([200, 200, 200, 304, 404, 500]) ?? 200;
    const line = lineOf(seconds, status, chance);
    // Two requests that left equal lines stay two events.
    const times = kind <= 4 && at + 1 < LINES ? 2 : 1;
    for (let time = 0; time < times; time += 1) lines.push(line);
    at += times - 1;
    const key = `${new Date(seconds * 1_000).toISOString().slice(0, 10)} ${status}`;
    counts[key] = (counts[key] ?? 0) + times;
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
  return { path, lines: lines.length, bad, counts };
}

function lineOf(seconds: number, status: number, chance: Chance): string {
  const [date = '', time = ''] = new Date(seconds * 1_000).toISOString().slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  const when = `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
  const address = `10.0.${chance.between(0, 3)}.${chance.between(1, 250)}`;
  const path = `/page-${chance.between(1, 300)}`;
  return `${address} - - [${when}] "GET ${path} HTTP/1.1" ${status} ${chance.between(0, 90_000)} "-" "Mozilla/5.0"`;
}
