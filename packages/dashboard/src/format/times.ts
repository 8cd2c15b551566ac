import type { TimeUnit } from '@tallymark/contract/reports/timeseries';

const FORMATS: Readonly<Record<TimeUnit, Intl.DateTimeFormatOptions>> = {
  minute: { hour: '2-digit', minute: '2-digit' },
  quarter: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  hour: { weekday: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'short', year: 'numeric' },
};
const SHORT: Readonly<Record<TimeUnit, Intl.DateTimeFormatOptions>> = {
  minute: { hour: '2-digit', minute: '2-digit' },
  quarter: { hour: '2-digit', minute: '2-digit' },
  hour: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short' },
};

/** The name of a bucket that begins then, in the viewer's time zone, with a 24-hour clock. */
export function writeBucket(start: string | Date, unit: TimeUnit, short = false): string {
  const options = (short ? SHORT : FORMATS)[unit];
  const written = new Intl.DateTimeFormat('en-GB', options).format(new Date(start));
  return unit === 'week' && !short ? `Week of ${written}` : written;
}

/** A moment, to the second. */
export function writeMoment(time: string | Date): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time));
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `5 minutes ago`. */
export function writeAgo(time: string | Date, now: number): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1_000);
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? STEPS[3];
  return relative.format(Math.trunc(seconds / size), unit);
}
