import { writeAmount } from './currency.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** What a number counts, and so how it is written. */
export type Unit = 'count' | 'percent' | 'seconds' | 'cents' | 'bytes' | 'ms';

/** 1,234 up to a million, 1.2M beyond: dense places show `short` from ten thousand on. */
export function writeCount(value: number, compact = false): string {
  return Math.abs(value) >= (compact ? 10_000 : 10_000_000) ? short.format(value) : whole.format(value);
}

export function writeNumber(value: number, unit: Unit, compact = false): string {
  switch (unit) {
    case 'count':
      return writeCount(value, compact);
    case 'percent':
      return `${tenth.format(value)} %`;
    case 'cents':
      return writeAmount(value / 100, {
        notation: compact && Math.abs(value) >= 1_000_000 ? 'compact' : 'standard',
        maximumFractionDigits: Math.abs(value) >= 100_000 ? 0 : 2,
      });
    case 'seconds':
      return compact ? writeClockDuration(value) : writeDuration(value);
    case 'ms':
      return value >= 10_000 ? writeDuration(value / 1_000) : `${whole.format(value)} ms`;
    case 'bytes':
      return writeBytes(value);
  }
}

export const writeDays = (days: number) => `${whole.format(days)} ${days === 1 ? 'day' : 'days'}`;

function writeDuration(seconds: number): string {
  const rounded = Math.round(seconds);
  const [days, hours, minutes] = [86_400, 3_600, 60].map((size) => Math.floor(rounded / size)) as [
    number,
    number,
    number,
  ];
  if (days > 1) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${rounded % 60} s` : `${tenth.format(seconds)} s`;
}

/** For narrow places: `1:12 min` instead of `1 min 12 s`. */
function writeClockDuration(seconds: number): string {
  const rounded = Math.round(seconds);
  const [hours, minutes] = [Math.floor(rounded / 3_600), Math.floor(rounded / 60)];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours}:${two(minutes % 60)} h`;
  return minutes > 0 ? `${minutes}:${two(rounded % 60)} min` : writeDuration(seconds);
}

function writeBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${tenth.format(bytes / 1_024 ** step)} ${units[step]}`;
}

/** `+12 %`, `−3.4 %`, `±0 %`. */
export function writeChange(percent: number): string {
  const size = Math.abs(percent) >= 100 ? whole.format(Math.abs(percent)) : tenth.format(Math.abs(percent));
  return `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${size} %`;
}
