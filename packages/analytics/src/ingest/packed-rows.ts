import type { EventRow } from '@tallymark/contract/event-row';

/** Fields that the events of a request mostly have in common, and that make up half of their size. */
const SHAREABLE = [
  'tenantId',
  'siteId',
  'source',
  'service',
  'actorId',
  'visitorId',
  'sessionId',
  'receivedAt',
  'userAgent',
  'clientHintsJson',
  'ipHash',
  'correlationId',
  'clientVersion',
  'samplingRate',
  'retentionExempt',
] as const satisfies readonly (keyof EventRow)[];

export interface PackedRows {
  /** The fields in which all rows are equal, a JSON object; empty where there are no rows. */
  readonly shared: string;
  /** Each row as JSON, without them. */
  readonly rows: readonly string[];
}

/** Rows as they travel through the buffer: what all of them say is said once. */
export function packRows(rows: readonly EventRow[]): PackedRows {
  const [first] = rows;
  if (!first) return { shared: '', rows: [] };
  const equal = SHAREABLE.filter((field) => rows.every((row) => row[field] === first[field]));
  const shared = Object.fromEntries(equal.map((field) => [field, first[field]]));
  const absent = Object.fromEntries(equal.map((field) => [field, undefined]));
  return { shared: JSON.stringify(shared), rows: rows.map((row) => JSON.stringify({ ...row, ...absent })) };
}

/** The other way round. `rows` is a JSON array or empty. */
export function unpackRows(shared: string, rows: string): EventRow[] {
  if (rows === '') return [];
  const own = JSON.parse(rows) as EventRow[];
  if (shared === '') return own;
  const common = JSON.parse(shared) as Partial<EventRow>;
  return own.map((row) => ({ ...common, ...row }));
}
