/** Periods that can be picked; `custom` has `from` and `to` in the URL. */
export const PERIODS = ['24h', '7d', '30d', '90d', '12mo', 'custom'] as const;
export type Period = (typeof PERIODS)[number];

export const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '12mo': 'Last 12 months',
  custom: 'From … to …',
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;

export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** Days that were picked. One that ends before it begins, as only an address that was typed can say, is its first day. */
export function pickedRange(from: Date, to: Date): Range {
  if (from < to) return { from, to };
  return { from, to: new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1) };
}

/**
 * A period that ends with the minute that `now` is in, so that what has just happened is in it. Longer ones begin with a whole
 * hour, so that their answers can be kept.
 */
export function rangeOf(period: Exclude<Period, 'custom'>, now: Date): Range {
  const to = new Date((Math.floor(now.getTime() / MINUTE_MS) + 1) * MINUTE_MS);
  if (period === '24h') return { from: new Date(to.getTime() - 24 * HOUR_MS), to };
  const hour = new Date(Math.floor(to.getTime() / HOUR_MS) * HOUR_MS);
  if (period === '12mo') {
    hour.setUTCFullYear(hour.getUTCFullYear() - 1);
    return { from: hour, to };
  }
  return { from: new Date(hour.getTime() - DAYS[period] * 24 * HOUR_MS), to };
}
