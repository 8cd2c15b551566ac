import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publicProcedure, router } from '../routers/trpc.ts';
import { questionsOf } from './question-catalogue.ts';
import { readInput } from './question-input.ts';
import { RequestRefused } from './question-refusal.ts';

function questionWith(input: z.ZodType) {
  const meta = { question: 'What?' };
  const question = questionsOf(
    router({
      ask: publicProcedure
        .meta(meta)
        .input(input)
        .query(() => null),
    }),
  ).get('ask');
  if (!question) throw new Error('The router has no question.');
  return question;
}

const filter = z.array(z.strictObject({ field: z.string(), value: z.union([z.string(), z.number()]) }));
const shape = z.strictObject({
  text: z.string(),
  count: z.number().int().min(1).default(5),
  flag: z.boolean().optional(),
  kind: z.enum(['a', 'b']).optional(),
  days: z.literal([1, 7, 28]).optional(),
  names: z.array(z.string()).optional(),
  counts: z.array(z.number()).optional(),
  pair: z.tuple([z.number(), z.number()]).optional(),
  filter: filter.default([]),
  scope: z.object({ deep: z.object({ one: z.number() }) }).optional(),
  either: z.union([z.string(), z.number()]).optional(),
  oneOrMore: z.union([z.string(), z.array(z.string())]).optional(),
  nothing: z.number().nullable().optional(),
});
const question = questionWith(shape);
const read = (query: string) => readInput(question, new URLSearchParams(query));
const refusalOf = (query: string) => {
  try {
    return read(query);
  } catch (error) {
    if (error instanceof RequestRefused) return `${error.status} ${error.message}`;
    throw error;
  }
};

describe('query parameters as an input', () => {
  test.each<[string, Record<string, unknown>]>([
    ['text=5', { text: '5' }],
    ['text=true', { text: 'true' }],
    ['text=%5B1%5D', { text: '[1]' }],
    ['count=5', { count: 5 }],
    ['count=-1.5e3', { count: -1500 }],
    ['count=five', { count: 'five' }],
    ['count=', { count: '' }],
    ['count=0x10', { count: '0x10' }],
    ['count=%205', { count: ' 5' }],
    ['flag=true', { flag: true }],
    ['flag=false', { flag: false }],
    ['flag=yes', { flag: 'yes' }],
    ['kind=a', { kind: 'a' }],
    ['days=7', { days: 7 }],
    ['names=a,b', { names: ['a', 'b'] }],
    ['names=', { names: [] }],
    ['names=a', { names: ['a'] }],
    ['names=a,b&names=c', { names: ['a,b', 'c'] }],
    ['names=["a,b"]', { names: ['a,b'] }],
    ['counts=1,2', { counts: [1, 2] }],
    ['counts=1&counts=2', { counts: [1, 2] }],
    ['pair=3,4', { pair: [3, 4] }],
    ['filter=[{"field":"a","value":"5"}]', { filter: [{ field: 'a', value: '5' }] }],
    ['filter={"field":"a","value":5}', { filter: [{ field: 'a', value: 5 }] }],
    ['scope={"deep":{"one":1}}', { scope: { deep: { one: 1 } } }],
    ['either=7', { either: 7 }],
    ['either=007', { either: '007' }],
    ['oneOrMore=a,b', { oneOrMore: 'a,b' }],
    ['oneOrMore=a&oneOrMore=b', { oneOrMore: ['a', 'b'] }],
    ['nothing=null', { nothing: null }],
    ['', {}],
  ])('%s', (query, input) => {
    expect(read(query)).toEqual(input);
  });

  test.each([
    ['text=a&text=b', '400 "text" is given more than once.'],
    ['filter=oops', '400 "filter" is not JSON.'],
    ['scope=[', '400 "scope" is not JSON.'],
    [`filter=${'['.repeat(5_000)}`, '400 "filter" is nested too deeply.'],
    ['txet=a', `400 ask has no parameter "txet". It has ${Object.keys(shape.shape).join(', ')}.`],
    ['__proto__=a', expect.stringMatching(/^400 ask has no parameter "__proto__"/)],
    ['toString=a', expect.stringMatching(/^400 ask has no parameter "toString"/)],
  ])('%s is refused', (query, message) => {
    expect(refusalOf(query)).toEqual(message);
  });

  test('of an input that is one of several objects, all parameters are known', () => {
    const either = questionWith(z.union([z.object({ a: z.number(), c: z.string() }), z.object({ b: z.boolean() })]));
    expect(readInput(either, new URLSearchParams('a=1&b=true'))).toEqual({ a: 1, b: true });
    expect([...either.parameters].map(([name, { required }]) => [name, required])).toEqual([
      ['a', false],
      ['c', false],
      ['b', false],
    ]);
  });

  test('a question without an input has no parameters', () => {
    const none = questionsOf(router({ ask: publicProcedure.meta({ question: 'W' }).query(() => null) })).get('ask');
    expect(none && readInput(none, new URLSearchParams())).toBeUndefined();
  });

  test('a parameter that downloads have is no name for a question to use', () => {
    expect(() => questionWith(z.object({ format: z.string() }))).toThrow('"format" of ask');
  });

  test('whatever is valid arrives as it was sent, written in any of the ways', () => {
    const arbitrary = fc.record(
      {
        text: fc.string(),
        count: fc.integer({ min: 1 }),
        flag: fc.boolean(),
        // The comma parts what is not written as JSON.
        names: fc.array(fc.string({ minLength: 1 }).filter((name) => !/^\[|,/.test(name))),
        counts: fc.array(
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
          { minLength: 1 },
        ),
        filter: fc.array(fc.record({ field: fc.string(), value: fc.oneof(fc.string(), fc.integer()) })),
      },
      { requiredKeys: ['text'] },
    );
    fc.assert(
      fc.property(arbitrary, fc.constantFrom('commas', 'repeated', 'json'), (sent, way) => {
        const parameters = new URLSearchParams();
        for (const [name, value] of Object.entries(sent)) {
          const scalars = Array.isArray(value) && name !== 'filter';
          if (scalars && way === 'repeated' && value.length > 0) {
            for (const one of value) parameters.append(name, String(one));
          } else if (scalars && way === 'commas') parameters.append(name, value.join(','));
          else parameters.append(name, typeof value === 'string' ? value : JSON.stringify(value));
        }
        expect(shape.parse(readInput(question, parameters))).toEqual(shape.parse(sent));
      }),
      { numRuns: 300 },
    );
  });
});
