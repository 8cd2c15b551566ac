const counts = new Intl.NumberFormat('en');
const prices = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

export const formatCount = (count: number): string => counts.format(count);
export const formatPrice = (cents: number): string => (cents === 0 ? 'Free' : prices.format(cents / 100));
export const formatDay = (date: Date): string => days.format(date);

/** Bytes in the unit that leaves at most three digits before the point. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1_000 ** step;
  return `${value.toFixed(step > 0 && value < 100 ? 1 : 0)} ${units[step]}`;
}

/** `draft_review` as people read it. */
export function formatLabel(label: string): string {
  const words = label.replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
