import { EVENT_FIELD_NAMES, EVENT_FIELDS, type EventField, type EventFieldName } from './event-fields.ts';
import type { Prisma } from './generated/client.ts';
import { uuidV7 } from './uuid-v7.ts';

/** What a call of `createManyAndReturn` asks for, in the form the one statement takes. */
export interface EventBatch {
  readonly rows: readonly JsonRow[];
  readonly skipDuplicates: boolean;
  /** The fields of the answer, in the order of the model. */
  readonly fields: readonly EventFieldName[];
}

export type JsonRow = { id: string } & Partial<Record<EventFieldName, unknown>>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ISO_TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const DEFAULT_TENANT = '00000000-0000-7000-8000-000000000001';
const DEFAULT_SITE = '00000000-0000-7000-8000-000000000002';

/**
 * The batch, or null for whatever is not plainly understood here: an option, a field or a value that Prisma would
 * refuse, or would store in a way of its own (JSON null, a Decimal in a JSON field, sub-millisecond times). Those calls
 * go to Prisma's implementation, with its own errors.
 */
export function readBatch(args: Prisma.EventCreateManyAndReturnArgs | undefined, now: Date): EventBatch | null {
  if (!args?.data) return null;
  const { data, skipDuplicates = false, select, omit, ...others } = args;
  if (Object.values(others).some((value) => value !== undefined)) return null;
  if (typeof skipDuplicates !== 'boolean') return null;
  const fields = answeredFields(select, omit);
  const inputs = Array.isArray(data) ? data : [data];
  if (!fields || inputs.length === 0) return null;

  const rows: JsonRow[] = [];
  for (const input of inputs) {
    const row = readRow(input, now);
    if (!row) return null;
    rows.push(row);
  }
  return { rows: skipDuplicates ? firstOfEachId(rows) : rows, skipDuplicates, fields };
}

function answeredFields(
  select: Prisma.EventSelectCreateManyAndReturn | null | undefined,
  omit: Prisma.EventOmit | null | undefined,
): EventFieldName[] | null {
  if (select && omit) return null;
  const choice: Record<string, unknown> = { ...(select ?? omit) };
  for (const [name, chosen] of Object.entries(choice)) {
    if (!Object.hasOwn(EVENT_FIELDS, name) || (typeof chosen !== 'boolean' && chosen !== undefined)) return null;
  }
  const fields = EVENT_FIELD_NAMES.filter((name) => (select ? choice[name] === true : choice[name] !== true));
  return fields.length > 0 ? fields : null;
}

function readRow(input: Prisma.EventCreateManyInput, now: Date): JsonRow | null {
  const iso = now.toISOString();
  const row: JsonRow = {
    id: '',
    tenantId: DEFAULT_TENANT,
    siteId: DEFAULT_SITE,
    schemaVersion: 1,
    source: 'server',
    occurredAt: iso,
    receivedAt: iso,
    createdAt: iso,
    propsJson: {},
    count: 1,
    samplingRate: 100,
    retentionExempt: false,
  };
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(EVENT_FIELDS, name)) return null;
    const field = EVENT_FIELDS[name as EventFieldName];
    const plain = value === null ? (field.nullable ? null : undefined) : plainValue(field, value);
    if (plain === undefined) return null;
    row[name as Exclude<EventFieldName, 'id'>] = plain;
  }
  if (typeof row.eventType !== 'string') return null;
  // Prisma would take the time of the call; the partitions and every time filter rely on the time of the event.
  row.id = row.id === '' ? uuidV7(Date.parse(String(row.occurredAt))) : row.id.toLowerCase();
  return row;
}

/** The value as JSON carries it, or undefined where it is not plainly of the field's type. */
function plainValue({ type }: EventField, value: unknown): unknown {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'uuid':
      return typeof value === 'string' && UUID.test(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'smallint':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 15 ? value : undefined;
    case 'integer':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31 ? value : undefined;
    case 'real':
      return Number.isFinite(value) ? value : undefined;
    case 'timestamptz':
      return plainTime(value);
    case 'jsonb':
      return isPlainJson(value) ? value : undefined;
  }
}

function plainTime(value: unknown): string | undefined {
  const date = typeof value === 'string' && ISO_TIME.test(value) ? new Date(value) : value;
  if (!(date instanceof Date)) return undefined;
  const ms = date.getTime();
  return ms >= FIRST_MS && ms <= LAST_MS ? date.toISOString() : undefined;
}

function isPlainJson(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.every((item) => item === null || isPlainJson(item));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((item) => item === null || isPlainJson(item));
}

/** As in a list of VALUES: the first row of an id is stored, the later ones are the duplicates. */
function firstOfEachId(rows: readonly JsonRow[]): JsonRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
}
