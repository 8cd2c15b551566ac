import { expect, test } from 'vitest';
import { propsIn } from './schema-props.ts';

test('props of an object schema, in words', () => {
  const schema = {
    type: 'object',
    properties: {
      path: { type: 'string', minLength: 1, maxLength: 2_000 },
      depth: { type: 'number', minimum: 0, maximum: 1 },
      count: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      level: { type: 'string', enum: ['debug', 'info'] },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 5 },
      reference: { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] },
      anything: {},
    },
    required: ['path', 'count'],
  };
  expect(propsIn(schema)).toEqual([
    { name: 'path', type: 'string', required: true, limits: 'at least 1 characters, at most 2000 characters' },
    { name: 'depth', type: 'number', required: false, limits: 'from 0, to 1' },
    { name: 'count', type: 'integer', required: true, limits: '' },
    { name: 'level', type: '"debug" or "info"', required: false, limits: '' },
    { name: 'tags', type: 'list of string', required: false, limits: 'at most 5' },
    { name: 'reference', type: 'string or null', required: false, limits: '' },
    { name: 'anything', type: 'anything', required: false, limits: '' },
  ]);
});

test('a schema without properties has none', () => {
  expect(propsIn({ type: 'object' })).toEqual([]);
});
