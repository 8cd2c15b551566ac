import { expect, test } from 'vitest';
import { cursorOf, digestOf, placeOf } from './search-cursor.ts';

const DIGEST = digestOf({ a: 1 });
const PLACE = { occurredAt: new Date('2026-11-15T12:00:00.001Z'), id: '019a8702-4d80-7000-8000-000000000001' };

test('a cursor names its place, and nothing that a caller could read', () => {
  const cursor = cursorOf(PLACE, DIGEST);
  expect(placeOf(cursor, DIGEST)).toEqual(PLACE);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(cursor).not.toContain(PLACE.id);
});

test('the cursor of another search is refused', () => {
  expect(() => placeOf(cursorOf(PLACE, DIGEST), digestOf({ a: 2 }))).toThrow(
    'belongs to a search with other conditions',
  );
});

const written = (text: string) => Buffer.from(text).toString('base64url');

test.each([
  ['nothing', ''],
  ['a text', 'abc'],
  ['bytes that are no text', '____'],
  ['no time', written(`now/${PLACE.id}/${DIGEST}`)],
  ['no id', written(`${PLACE.occurredAt.toISOString()}/7/${DIGEST}`)],
  ['no digest', written(`${PLACE.occurredAt.toISOString()}/${PLACE.id}`)],
  ['a part too many', `${written(`${PLACE.occurredAt.toISOString()}/${PLACE.id}/${DIGEST}/x`)}`],
])('%s is no cursor', (_what, cursor) => {
  expect(() => placeOf(cursor, DIGEST)).toThrow('not one that a page of events ended with');
});
