import { getNextMillis, type RepeatOptions } from 'bullmq';

/** When a job runs by itself: at a fixed interval, or at the times of a cron pattern in an IANA time zone. */
export type JobSchedule =
  | { readonly everyMs: number }
  | {
      /** Five fields, or six with seconds in front. */
      readonly pattern: string;
      readonly timeZone: string;
    };

const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;

/**
 * The first turn of the schedule behind `after`. Where the clocks change, an hour that does not exist has its turn in the
 * next one, and an hour that comes twice has one turn; only midnight, where it is left out, has none that day.
 * @throws Error for an interval, pattern or time zone that says nothing.
 */
export function nextTurn(schedule: JobSchedule, after: Date): Date {
  if ('everyMs' in schedule && !(Number.isInteger(schedule.everyMs) && schedule.everyMs > 0)) {
    throw new Error(`An interval is a whole number of milliseconds, not ${schedule.everyMs}.`);
  }
  const next = new Date(nextMillis(after.getTime(), repeatOptionsOf(schedule)));
  if (Number.isNaN(next.getTime())) throw new Error('The schedule never has a turn.');
  return next;
}

/**
 * The strategy for BullMQ's schedulers; NaN for none. Its parser finds no next turn where clocks change by half an hour,
 * and the schedule would end there: look again from a little later.
 */
export function nextMillis(after: number, repeat: RepeatOptions): number {
  for (let skipped = 0; skipped <= DAY_MS; skipped += HALF_HOUR_MS) {
    const next: number | undefined = getNextMillis(after + skipped, repeat);
    if (next !== undefined) return next;
  }
  return Number.NaN;
}

/** The same in BullMQ's words. */
export function repeatOptionsOf(schedule: JobSchedule): RepeatOptions {
  return 'everyMs' in schedule ? { every: schedule.everyMs } : { pattern: schedule.pattern, tz: schedule.timeZone };
}
