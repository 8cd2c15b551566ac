import type { FieldType } from './event-fields.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ISO_TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const INT2_BOUND = 2 ** 15;
const INT4_BOUND = 2 ** 31;

/** The value in the form Postgres reads, or undefined where it is not plainly of the type. */
export function plainValue(type: FieldType, value: unknown): unknown {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'uuid':
      return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'smallint':
      return isIntegerBelow(INT2_BOUND, value) ? value : undefined;
    case 'integer':
      return isIntegerBelow(INT4_BOUND, value) ? value : undefined;
    case 'real':
      return Number.isFinite(value) ? value : undefined;
    case 'timestamptz':
      return plainTime(value);
    case 'jsonb':
      return isPlainJson(value) ? value : undefined;
  }
}

function isIntegerBelow(bound: number, value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) < bound;
}

function plainTime(value: unknown): string | undefined {
  const date = typeof value === 'string' && ISO_TIME.test(value) ? new Date(value) : value;
  if (!(date instanceof Date)) return undefined;
  const ms = date.getTime();
  return ms >= FIRST_MS && ms <= LAST_MS ? date.toISOString() : undefined;
}

/** What JSON.stringify writes without loss, null left aside: Prisma has its own way with dates, decimals and the like. */
function isPlainJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value !== null && (Array.isArray(value) ? value.every(isPlainItem) : isPlainObject(value));
    default:
      return false;
  }
}

function isPlainItem(value: unknown): boolean {
  return value === null || isPlainJson(value);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in value) if (!isPlainItem(value[name as keyof typeof value])) return false;
  return true;
}
