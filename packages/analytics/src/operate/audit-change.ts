import type { AuditEntry } from '@tallymark/contract/audit';

type Change = AuditEntry['change'];

/** Fields that say what something was done to. */
const NAMING = ['siteId', 'key', 'userId', 'id', 'name', 'subscription', 'eventType', 'queue', 'jobId'];
const SECRET = /secret|password|passphrase|token|credential|authorization|cookie|private/i;
const ADDRESS = /url|endpoint/i;
const REMOVED = '(not recorded)';
const LONGEST_TARGET = 300;
const LONGEST_TEXT = 300;
const MOST_PARTS = 50;
const DEEPEST = 6;
const LONGEST_CHANGE = 4_000;

/** What it was done to, as the input names it, or the output for what was only made by it. */
export function targetOf(input: unknown, output: unknown): string | null {
  const named = { ...fieldsOf(output), ...fieldsOf(input) };
  const parts = NAMING.flatMap((field) => {
    const value = named[field];
    return typeof value === 'string' && value !== '' ? [`${field}: ${storable(value, LONGEST_TEXT)}`] : [];
  });
  return parts.length > 0 ? storable(parts.join(', '), LONGEST_TARGET) : null;
}

/** The input as JSON that Postgres takes: without secrets, and no larger than somebody would read. */
export function changeOf(input: unknown): Change {
  const change = plain(input, 0);
  return JSON.stringify(change).length <= LONGEST_CHANGE ? change : '(too large to be recorded)';
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

function plain(value: unknown, depth: number): Change {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return storable(value, LONGEST_TEXT);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object') return storable(String(value), LONGEST_TEXT);
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_PARTS).map((part) => plain(part, depth + 1));
  const fields = Object.entries(value).slice(0, MOST_PARTS);
  return Object.fromEntries(fields.map(([name, part]) => [storable(name, LONGEST_TEXT), field(name, part, depth)]));
}

function field(name: string, value: unknown, depth: number): Change {
  if (SECRET.test(name)) return REMOVED;
  // Paths of webhooks are often all that keeps others from calling them.
  if (ADDRESS.test(name) && typeof value === 'string') return URL.parse(value)?.host ?? REMOVED;
  return plain(value, depth + 1);
}

/** Text that Postgres can hold. */
function storable(text: string, length: number): string {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return cut.toWellFormed().replaceAll('\0', '');
}
