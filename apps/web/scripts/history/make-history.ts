import { browse, type HistoryAsset, type SoldLicense, type TakenPreview } from './browse.ts';
import { crawl } from './crawl.ts';
import { type HistoryPayout, type Owner, ownersDay } from './owners-day.ts';
import { newBot, newPerson, type Person } from './people.ts';
import { type Random, randomFrom } from './random.ts';
import { timeOfDay, visitsOf } from './rhythm.ts';
import { showCampaign } from './show-campaign.ts';
import { type Day, sourceOf } from './sources.ts';
import { type HistoryEvent, VisitLog } from './visit-log.ts';

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 30;
const BOTS_SHARE = 0.035;
const RETURNING_SHARE = 0.36;
/** Visits whose last events came later than all others: the phone was offline. */
const LATE_SHARE = 0.012;

export interface HistoryOptions {
  readonly seed: number;
  /** Where it ends; nothing happens later. */
  readonly until: Date;
  readonly assets: readonly HistoryAsset[];
  readonly owners: readonly Owner[];
  /** Default 1: how many visits there are, as a share of the usual number. */
  readonly scale?: number;
}

export interface History {
  /** In the order in which they arrive. */
  readonly events: readonly HistoryEvent[];
  readonly licenses: readonly SoldLicense[];
  readonly downloads: readonly TakenPreview[];
  readonly payouts: readonly HistoryPayout[];
}

/** What happened in the studio within the last 30 days. The same options give the same history, to the last id. */
export function makeHistory({ seed, until, assets, owners, scale = 1 }: HistoryOptions): History {
  const random = randomFrom(seed);
  const known: Person[] = [];
  const visits: { readonly events: readonly HistoryEvent[]; readonly late: boolean }[] = [];
  const licenses: SoldLicense[] = [];
  const downloads: TakenPreview[] = [];
  const payouts: HistoryPayout[] = [];
  let count = 0;
  const key = () => `history-${seed}-${count++}`;
  const isOver = (log: VisitLog) => log.atMs <= until.getTime();

  for (const day of daysUntil(until)) {
    for (let left = Math.round(visitsOf(random, day) * scale); left > 0; left -= 1) {
      const startMs = day.start + timeOfDay(random, day);
      const visit = { sessionId: random.uuid(), landing: '/', startMs, key: key() };
      if (random.chance(BOTS_SHARE)) {
        const log = new VisitLog({ ...visit, person: newBot(random), source: {} });
        crawl(random, log, assets);
        if (isOver(log)) visits.push({ events: log.events, late: false });
        continue;
      }
      const { person, returning } = whoever(random, known);
      const source = sourceOf(random, day, returning);
      const log = new VisitLog({ ...visit, person, source });
      const outcome = browse(random, log, assets, source);
      const late = random.chance(LATE_SHARE);
      const shown = showCampaign(random, source, startMs, key);
      // What would reach into the future has not begun either.
      if (!isOver(log)) continue;
      if (!returning) known.push(person);
      visits.push({ events: [...shown, ...log.events], late });
      downloads.push(...outcome.downloads);
      if (outcome.license) licenses.push(outcome.license);
    }
    for (const owner of owners) {
      const { events, payout } = ownersDay(random, { owner, day, licenses, payouts, key });
      if (events.some(({ atMs }) => atMs > until.getTime())) continue;
      visits.push({ events, late: false });
      if (payout) payouts.push(payout);
    }
  }
  return { events: inOrderOfArrival(visits), licenses, downloads, payouts };
}

/** Whole days back from the end, the oldest first; the youngest is the one that goes on. */
function* daysUntil(until: Date): Generator<Day> {
  const today = Math.floor(until.getTime() / DAY_MS) * DAY_MS;
  for (let daysAgo = HISTORY_DAYS; daysAgo >= 0; daysAgo -= 1) {
    const start = today - daysAgo * DAY_MS;
    yield { start, daysAgo, weekday: new Date(start).getUTCDay() };
  }
}

/** Somebody new, or who was here before: rather lately than long ago. */
function whoever(random: Random, known: readonly Person[]): { readonly person: Person; readonly returning: boolean } {
  if (known.length === 0 || !random.chance(RETURNING_SHARE)) return { person: newPerson(random), returning: false };
  const back = Math.floor(known.length * random.next() ** 2);
  const person = known[known.length - 1 - back];
  return person ? { person, returning: true } : { person: newPerson(random), returning: false };
}

/** By time, but for the second halves of late visits, which come after everything else. */
function inOrderOfArrival(visits: readonly { readonly events: readonly HistoryEvent[]; readonly late: boolean }[]) {
  const [onTime, late]: [HistoryEvent[], HistoryEvent[]] = [[], []];
  for (const visit of visits) {
    const half = visit.late ? Math.ceil(visit.events.length / 2) : visit.events.length;
    onTime.push(...visit.events.slice(0, half));
    late.push(...visit.events.slice(half));
  }
  const byTime = (a: HistoryEvent, b: HistoryEvent) => a.atMs - b.atMs;
  return [...onTime.sort(byTime), ...late.sort(byTime)];
}
