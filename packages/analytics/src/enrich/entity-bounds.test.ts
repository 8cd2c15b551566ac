import type { JsonObject } from '@tallymark/contract/event-row';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedEntity, ENTITY_LENGTH } from './entity-bounds.ts';

test('an entity that fits stays as it is', () => {
  const entity = { title: 'x'.repeat(8_000), tags: ['a', { b: null }], priceCents: 1_200, truncated: false };
  expect(boundedEntity(entity)).toEqual(entity);
});

test('of a long one the longest texts are cut, and it says so', () => {
  const entity = { title: 'Harbour at night', terms: 'x'.repeat(20_000), nested: { notes: ['y'.repeat(9_000)] } };
  const bounded = boundedEntity(entity);
  expect(bounded).toMatchObject({ title: 'Harbour at night', truncated: true });
  expect(bounded.terms).toMatch(/^x{1000,}…$/);
  expect(JSON.stringify(bounded.nested)).toMatch(/y{1000,}…/);
  expect(JSON.stringify(bounded).length).toBeLessThanOrEqual(ENTITY_LENGTH);
});

test('of one that is long without texts the largest fields go', () => {
  const entity = { priceCents: 5, numbers: Array.from({ length: 5_000 }, (_, n) => n), title: 'kept' };
  expect(boundedEntity(entity)).toEqual({ priceCents: 5, title: 'kept', truncated: true });
});

test('what Postgres cannot hold is taken out, in keys too', () => {
  expect(boundedEntity({ 'a\0': ['b\0', '\ud800'], '\udfff': 1 })).toEqual({ a: ['b', '\ufffd'], '\ufffd': 1 });
});

test.each([
  ['a bigint', { price: 1n }],
  ['a list', [1]],
  ['null', null],
  ['nothing', undefined],
])('%s is refused', (_what, entity) => {
  expect(() => boundedEntity(entity as unknown as JsonObject)).toThrow(TypeError);
});

test('any JSON fits in the end', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.integer({ min: 1, max: 9_000 }).map((length) => '\u0001"é'.repeat(length)),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 2_000 }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), value), (entity) => {
      const bounded = boundedEntity(entity as JsonObject);
      const json = JSON.stringify(bounded);
      expect(json.length).toBeLessThanOrEqual(ENTITY_LENGTH);
      expect(json).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
    }),
  );
});
