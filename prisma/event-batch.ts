import { EVENT_FIELD_NAMES, EVENT_FIELDS, type EventFieldName } from './event-fields.ts';
import type { Prisma } from './generated/client.ts';
import { plainValue } from './plain-value.ts';
import type { EventValues } from './stores/pack-rows.ts';
import { uuidV7 } from './uuid-v7.ts';

/** What a call of `createManyAndReturn` asks for, in the form the one statement takes. */
export interface EventBatch {
  readonly rows: readonly EventValues[];
  /** Of each row, in lower case, as Postgres answers. */
  readonly ids: readonly string[];
  readonly skipDuplicates: boolean;
  /** The fields of the answer, in the order of the model. */
  readonly fields: readonly EventFieldName[];
}

const DEFAULT_TENANT = '00000000-0000-7000-8000-000000000001';
const DEFAULT_SITE = '00000000-0000-7000-8000-000000000002';

const FIELDS = EVENT_FIELD_NAMES.map((name) => ({ name, ...EVENT_FIELDS[name] }));
const ID = EVENT_FIELD_NAMES.indexOf('id');
const EVENT_TYPE = EVENT_FIELD_NAMES.indexOf('eventType');
const OCCURRED_AT = EVENT_FIELD_NAMES.indexOf('occurredAt');

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

  const defaults = defaultsAt(now);
  const rows: EventValues[] = [];
  const ids: string[] = [];
  const seen = new Set<string>();
  for (const input of inputs) {
    const row = readRow(input, defaults);
    if (!row) return null;
    const id = String(row[ID]);
    // As in a list of VALUES: the first row of an id is stored, the later ones are the duplicates.
    if (skipDuplicates && seen.has(id)) continue;
    seen.add(id);
    rows.push(row);
    ids.push(id);
  }
  return { rows, ids, skipDuplicates, fields };
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

/** Prisma's defaults, in the order of the fields; the id's is made from the time. */
function defaultsAt(now: Date): EventValues {
  const iso = now.toISOString();
  const values: Partial<Record<EventFieldName, unknown>> = {
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
  return EVENT_FIELD_NAMES.map((name) => values[name]);
}

function readRow(input: Readonly<Partial<Record<EventFieldName, unknown>>>, defaults: EventValues): unknown[] | null {
  const row: unknown[] = new Array(FIELDS.length);
  let known = 0;
  for (let at = 0; at < FIELDS.length; at++) {
    const field = FIELDS[at];
    if (!field) continue;
    const value = input[field.name];
    if (value === undefined) {
      row[at] = defaults[at];
      continue;
    }
    known++;
    if (value === null) {
      if (!field.nullable) return null;
      row[at] = null;
      continue;
    }
    const plain = plainValue(field.type, value);
    if (plain === undefined) return null;
    row[at] = plain;
  }
  if (known !== countDefined(input)) return null;
  // Prisma would take the time of the call; the partitions and every time filter rely on the time of the event.
  row[ID] ??= uuidV7(Date.parse(String(row[OCCURRED_AT])));
  return row[EVENT_TYPE] === undefined ? null : row;
}

function countDefined(input: Readonly<Record<string, unknown>>): number {
  let count = 0;
  for (const name in input) if (input[name] !== undefined) count++;
  return count;
}
