import { LIMITS } from '@tallymark/contract/limits';
import type { RejectionReason } from '@tallymark/contract/receipt';
import { NOW, viewed } from './ingestion-world.ts';

export const props = (value: unknown) => ({ ...viewed(), props: value });
const withProp = (text: string) => props(JSON.parse(text));
export const occurredAt = (value: unknown) => ({ ...viewed(), occurredAt: value });
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
export const LATEST = new Date(NOW.getTime() + LIMITS.clockSkewMs);
const many = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [n, value]));

/** One object in very many places, as superjson's referential equalities make it of a small body. */
export function bomb(): unknown {
  let level: unknown = 'boom';
  for (let n = 0; n < LIMITS.eventDepth - 2; n += 1) level = Array.from({ length: 50 }, () => level);
  return level;
}

/** What it is, the event, and why it has to be rejected when `user-1` is signed in. */
export const HOSTILE: readonly [string, unknown, RejectionReason][] = [
  ['NUL in a prop', props({ referrer: 'a\0b' }), 'invalid_characters'],
  ['NUL in an id', { ...viewed(), sessionId: 'a\0b' }, 'invalid_characters'],
  ['NUL in a name of a prop', props({ 'a\0b': 1 }), 'invalid_characters'],
  ['half a surrogate pair', props({ referrer: '\ud800' }), 'invalid_characters'],
  ['the other half', { ...viewed(), idempotencyKey: 'x\udfff' }, 'invalid_characters'],
  ['half a surrogate pair in a name', props({ '\ud800': 1 }), 'invalid_characters'],
  ['__proto__ in the props', withProp('{"__proto__":{"admin":true}}'), 'invalid_event'],
  ['__proto__ at the top', JSON.parse('{"eventType":"asset_viewed","source":"web","__proto__":{}}'), 'invalid_event'],
  ['constructor.prototype', withProp('{"constructor":{"prototype":{"admin":true}}}'), 'invalid_event'],
  ['prototype deep inside', withProp('{"a":[{"prototype":1}]}'), 'invalid_event'],
  ['too many keys', props(many(LIMITS.keysPerObject + 1)), 'too_large'],
  ['a key that is too long', props({ ['k'.repeat(LIMITS.keyLength + 1)]: 1 }), 'too_large'],
  ['a text that is too long', props({ referrer: 'x'.repeat(LIMITS.eventLength) }), 'too_large'],
  ['a list that is too long', props({ list: Array(LIMITS.eventLength).fill(0) }), 'too_large'],
  ['too much nesting', props(nested(LIMITS.eventDepth)), 'invalid_event'],
  ['one object in very many places', props({ a: bomb() }), 'too_large'],
  ['1e999', withProp('{"view_duration_ms":1e999}'), 'invalid_event'],
  ['-1e999', withProp('{"view_duration_ms":-1e999}'), 'invalid_event'],
  ['a whole number that lost digits', withProp('{"view_duration_ms":9007199254740993}'), 'invalid_event'],
  ['a BigInt', props({ view_duration_ms: 5n }), 'invalid_event'],
  ['a Map', props({ view_duration_ms: new Map([['a', 1]]) }), 'invalid_event'],
  ['a URL', props({ referrer: new URL('http://example.org') }), 'invalid_event'],
  ['30 February', occurredAt('2026-02-30T00:00:00Z'), 'invalid_event'],
  ['the hour 24', occurredAt('2026-11-15T24:00:00Z'), 'invalid_event'],
  ['a leap second', occurredAt('2026-06-30T23:59:60Z'), 'invalid_event'],
  ['the last year there is, as text', occurredAt('+275760-09-13T00:00:00.000Z'), 'invalid_event'],
  ['the last year there is, as a date', occurredAt(new Date(8.64e15)), 'occurred_in_future'],
  ['a date that is none', occurredAt(new Date(Number.NaN)), 'invalid_event'],
  ['too far ahead', occurredAt(new Date(LATEST.getTime() + 1)), 'occurred_in_future'],
  ['older than the retention', occurredAt('2025-11-15T11:59:59.999Z'), 'older_than_retention'],
  ['before 1970', occurredAt('1969-12-31T23:59:59.999Z'), 'older_than_retention'],
  ['the year 0', occurredAt('0000-01-01T00:00:00Z'), 'older_than_retention'],
  ['a time without a zone', occurredAt('2026-11-15T12:00:00'), 'invalid_event'],
  ['a number as a time', occurredAt(NOW.getTime()), 'invalid_event'],
  ['an unknown field', { ...viewed(), colour: 'red' }, 'invalid_event'],
  ['a context', { ...viewed(), context: { tenantId: 't', retentionExempt: true } }, 'invalid_event'],
  ['a tenant', { ...viewed(), tenantId: '00000000-0000-7000-8000-000000000001' }, 'invalid_event'],
  ['an id', { ...viewed(), id: '00000000-0000-7000-8000-000000000001' }, 'invalid_event'],
  ['a time of receipt', { ...viewed(), receivedAt: NOW.toISOString() }, 'invalid_event'],
  ['a sampling rate', { ...viewed(), samplingRate: 1 }, 'invalid_event'],
  ['an object for a text', { ...viewed(), sessionId: { $ne: null } }, 'invalid_event'],
  ['a list for a text', { ...viewed(), eventType: ['asset_viewed'] }, 'invalid_event'],
  ['a number for a text', { ...viewed(), entityId: 7 }, 'invalid_event'],
  ['a list for the props', props([]), 'invalid_event'],
  ['no props', props(undefined), 'invalid_event'],
  ['an unknown source', { ...viewed(), source: 'desktop' }, 'invalid_event'],
  ['an empty key', { ...viewed(), idempotencyKey: '' }, 'invalid_event'],
  ['a key that is too long to keep', { ...viewed(), idempotencyKey: 'k'.repeat(201) }, 'invalid_event'],
  ['half a schema version', { ...viewed(), schemaVersion: 1.5 }, 'invalid_event'],
  ['null', null, 'invalid_event'],
  ['a text', 'asset_viewed', 'invalid_event'],
  ['a list', [viewed()], 'invalid_event'],
  ['an unknown type', { ...viewed(), eventType: 'asset_eaten' }, 'unknown_event_type'],
  ['a type that every object has', { ...viewed(), eventType: 'constructor' }, 'unknown_event_type'],
  ['a type called __proto__', { ...viewed(), eventType: '__proto__' }, 'unknown_event_type'],
  ['no entity', { ...viewed(), entityId: undefined }, 'invalid_entity'],
  ['another kind of entity', { ...viewed(), entityType: 'license' }, 'invalid_entity'],
  ['an entity that is no UUID', { ...viewed(), entityId: "' OR 1=1 --" }, 'invalid_entity'],
  ['an unknown prop', props({ view_duration: 1 }), 'invalid_props'],
  ['a text for a number', props({ view_duration_ms: '12' }), 'invalid_props'],
  ["somebody's actor id", { ...viewed(), actorId: 'user-2' }, 'actor_mismatch'],
];
