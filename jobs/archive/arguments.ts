import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { settingsSchema } from '@tallymark/contract/settings';

export const USAGE = `Usage: npm run archive -- list
       npm run archive -- restore MONTH [--hold-days DAYS] [--dir DIR]

Months of events that retention has written to files before it removed them.
  list              what was archived, and what of it is back
  restore MONTH     brings a month back, such as 2025_01; run again, it completes what is missing
  --hold-days DAYS  how long retention leaves the month alone; 30
  --dir DIR         folder of the archives, where the month is not where it was written any more`;

const DEFAULT_HOLD_DAYS = 30;

export type ArchiveCommand =
  | { readonly name: 'list' }
  | { readonly name: 'restore'; readonly month: string; readonly holdDays: number; readonly dir: string | null };

/** Null for what is no command. A relative DIR is one of `cwd`. */
export function parseCommand(args: readonly string[], cwd: string): ArchiveCommand | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'hold-days': { type: 'string' }, dir: { type: 'string' } },
  });
  const [name, month, ...more] = positionals;
  if (name === 'list' && positionals.length === 1) return { name };
  if (name !== 'restore' || month === undefined || more.length > 0) return null;
  const holdDays = Number(values['hold-days'] ?? DEFAULT_HOLD_DAYS);
  return { name, month, holdDays, dir: values.dir === undefined ? null : resolve(cwd, values.dir) };
}

const archiveSettings = settingsSchema.pick({ DATABASE_URL: true, TRACKING_ARCHIVE_DIR: true });

/** What this command needs of the environment: less than a worker does. @throws Error that names what is wrong. */
export function parseArchiveSettings(environment: Readonly<Record<string, string | undefined>>) {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = archiveSettings.safeParse(present);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}
