const counts = new Intl.NumberFormat('en');
const shares = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const prices = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

export const formatCount = (count: number): string => counts.format(count);
export const formatShare = (share: number): string => shares.format(share);
export const formatPrice = (cents: number): string => (cents === 0 ? 'Free' : prices.format(cents / 100));
export const formatDay = (date: Date): string => days.format(date);

/** Bytes in the unit that leaves at most three digits before the point. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1_000 ** step;
  return `${value.toFixed(step > 0 && value < 100 ? 1 : 0)} ${units[step]}`;
}

/** A span of time in its two largest units at most. */
export function formatSpan(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = Math.floor(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** `draft_review` as people read it. */
export function formatLabel(label: string): string {
  const words = label.replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
