import { hash } from 'node:crypto';
import { LIMITS } from '@tallymark/contract/limits';

/** Something in an event that no row can hold or that has no business there. */
export class MalformedValue extends Error {
  constructor(
    readonly reason: 'invalid_event' | 'invalid_characters' | 'too_large',
    message: string,
  ) {
    super(message);
  }
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The event as JSON with sorted keys: equal content gives equal text, however the caller ordered it, and whether a time
 * came as a Date or as its ISO string. Fields that are undefined do not exist.
 *
 * @throws MalformedValue for NUL and lone surrogates, numbers that JSON or a double cannot hold, forbidden or too many
 *   keys, too much nesting or length.
 */
export function canonicalJson(event: unknown): string {
  const text = write(event, 0, { values: 0 });
  if (text.length > LIMITS.eventLength) throw tooLong();
  return text;
}

const tooLong = () =>
  new MalformedValue('too_large', `The event has more than ${LIMITS.eventLength} characters as JSON.`);

/** 128 bits of SHA-256 over the canonical event, hexadecimal: equal for a repeat, different for a conflict. */
export function payloadHash(canonical: string): string {
  return hash('sha256', canonical, 'hex').slice(0, 32);
}

/** How many values were written. Each takes a character or more, so that their number bounds the work. */
interface Written {
  values: number;
}

function write(value: unknown, depth: number, written: Written): string {
  written.values += 1;
  // An object that stands in many places, which superjson can express in a few bytes, multiplies with each level.
  if (written.values > LIMITS.eventLength) throw tooLong();
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= LIMITS.eventDepth) {
        throw new MalformedValue('invalid_event', `The event is nested deeper than ${LIMITS.eventDepth} levels.`);
      }
      if (value instanceof Date) return writeDate(value);
      if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null, depth + 1, written)).join(',')}]`;
      return writeObject(value as Record<string, unknown>, depth, written);
    default:
      throw new MalformedValue('invalid_event', `The event holds a ${typeof value}, which is not JSON.`);
  }
}

function writeString(value: string): string {
  const text = JSON.stringify(value);
  // JSON.stringify escapes both NUL and lone surrogates, so text without a backslash has neither.
  if (text.length !== value.length + 2 && (value.includes('\0') || !value.isWellFormed())) {
    throw new MalformedValue(
      'invalid_characters',
      'A text holds NUL or half a surrogate pair, which Postgres cannot store.',
    );
  }
  return text;
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new MalformedValue('invalid_event', 'A number is infinite or not a number.');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new MalformedValue(
      'invalid_event',
      'A whole number is beyond 2^53 and has lost digits; send it as a string.',
    );
  }
  return JSON.stringify(value);
}

function writeDate(value: Date): string {
  if (Number.isNaN(value.getTime())) throw new MalformedValue('invalid_event', 'A date is not valid.');
  return `"${value.toISOString()}"`;
}

function writeObject(value: Record<string, unknown>, depth: number, written: Written): string {
  if (!isPlain(value)) {
    throw new MalformedValue('invalid_event', 'The event holds a Map, a URL or the like, which is not JSON.');
  }
  const keys = Object.keys(value).sort();
  if (keys.length > LIMITS.keysPerObject) {
    throw new MalformedValue('too_large', `An object has ${keys.length} keys; ${LIMITS.keysPerObject} are allowed.`);
  }
  let out = '';
  for (const key of keys) {
    const item = value[key];
    if (item === undefined) continue;
    if (FORBIDDEN_KEYS.has(key)) throw new MalformedValue('invalid_event', `The key "${key}" is not allowed.`);
    if (key.length > LIMITS.keyLength) {
      throw new MalformedValue('too_large', `A key has ${key.length} characters; ${LIMITS.keyLength} are allowed.`);
    }
    out += `${out === '' ? '' : ','}${writeString(key)}:${write(item, depth + 1, written)}`;
  }
  return `{${out}}`;
}

/**
 * Anything else would be stored as something other than what was hashed: a Map as {}, a URL as its text. Asked of the
 * prototype's prototype, because an object of another realm has an Object.prototype of its own.
 */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
