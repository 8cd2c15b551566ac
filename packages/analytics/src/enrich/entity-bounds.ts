import type { JsonObject, JsonValue } from '@tallymark/contract/event-row';

/** UTF-16 code units of an entity as JSON. */
export const ENTITY_LENGTH = 8_192;
const SHORTEST_CUT = 16;

/**
 * An entity as a row can hold it: plain JSON without NUL and half surrogate pairs, at most 8,192 characters long. Of a
 * longer one the longest texts are cut first, then the largest fields left out, and `truncated: true` stands beside the
 * rest, in place of a field of that name. @throws TypeError for what is not JSON: a bigint, a circle.
 */
export function boundedEntity(entity: JsonObject): JsonObject {
  const whole = plain(entity, Number.POSITIVE_INFINITY);
  if (fits(whole)) return whole;
  for (let length = ENTITY_LENGTH / 2; length >= SHORTEST_CUT; length /= 2) {
    const cut = { ...plain(whole, length), truncated: true };
    if (fits(cut)) return cut;
  }
  return withoutLargest(plain(whole, SHORTEST_CUT));
}

const lengthOf = (value: unknown) => JSON.stringify(value)?.length ?? 0;
const fits = (entity: JsonObject) => lengthOf(entity) <= ENTITY_LENGTH;

function plain(entity: JsonObject, textLength: number): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(entity) ?? 'null');
  if (!isObject(json)) throw new TypeError('An entity has to be an object of JSON.');
  return plainObject(json, textLength);
}

function plainObject(value: JsonObject, textLength: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storable(key), plainValue(item ?? null, textLength)]),
  );
}

function plainValue(value: JsonValue | null, textLength: number): JsonValue | null {
  if (typeof value === 'string') return cutText(storable(value), textLength);
  if (isList(value)) return value.map((item) => plainValue(item, textLength));
  return isObject(value) ? plainObject(value, textLength) : value;
}

const isList = (value: unknown): value is readonly (JsonValue | null)[] => Array.isArray(value);
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const storable = (text: string) => text.replaceAll('\0', '').toWellFormed();

const cutText = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;

/** Smallest fields first, as many as fit. */
function withoutLargest(entity: JsonObject): JsonObject {
  let kept: JsonObject = { truncated: true };
  const fields = Object.entries(entity).map((field) => ({ field, length: lengthOf(field) }));
  for (const { field } of fields.sort((one, other) => one.length - other.length)) {
    const more = { ...kept, ...Object.fromEntries([field]), truncated: true };
    if (!fits(more)) break;
    kept = more;
  }
  return kept;
}
