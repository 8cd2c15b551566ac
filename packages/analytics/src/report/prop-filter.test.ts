import { demoPlan } from '@tallymark/contract/demo-plan';
import { definePlan } from '@tallymark/contract/plan';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkPropName, propTests, typesWithProps } from './prop-filter.ts';

const plan = definePlan({
  measured: {
    props: z.strictObject({
      size: z.int().optional(),
      level: z.enum(['low', 'high']).nullable(),
      either: z.union([z.string(), z.number()]).default('none'),
      open: z.boolean(),
      tags: z.array(z.string()),
      detail: z.record(z.string(), z.string()),
      whatever: z.unknown(),
      trimmed: z.string().transform((text) => text.length),
      fixed: z.literal([1, 'one']),
    }),
  },
  bare: { props: z.strictObject({}) },
  sized: { props: z.strictObject({ size: z.string() }) },
});

const refusal = (types: readonly string[] | null, conditions: Parameters<typeof propTests>[2]) => {
  try {
    propTests(plan, types, conditions);
  } catch (error) {
    return (error as Error).message;
  }
  return null;
};

describe('a condition on a prop', () => {
  test.each([
    ['size', { above: 1, below: 2 }],
    ['size', { is: 1 }],
    ['level', { in: ['low'] }],
    ['level', { contains: 'ig' }],
    ['either', { is: 'x' }],
    ['either', { is: 1 }],
    ['open', { is: true }],
    ['tags', { contains: 'a' }],
    ['detail', { exists: true }],
    ['whatever', { above: 1, is: 'text' }],
    ['trimmed', { is: 'what a transform makes is not known' }],
    ['fixed', { in: [1, 'one'] }],
  ] as const)('fits: %s %j', (prop, condition) => {
    expect(refusal(['measured'], { [prop]: condition as never })).toBeNull();
  });

  test.each([
    ['size', { is: '1' }, '"size" is a number: "is" does not fit that value.'],
    ['size', { in: [1, '2'] }, '"size" is a number: "in" does not fit that value.'],
    ['size', { contains: '1' }, '"size" is a number: "contains" does not fit that value.'],
    ['level', { above: 1 }, '"level" is a text: "above" does not fit that value.'],
    ['level', { contains: 1 }, '"level" is a text: "contains" does not fit that value.'],
    ['open', { below: 1 }, '"open" is true or false: "below" does not fit that value.'],
    ['tags', { is: 'a' }, '"tags" is a list: "is" does not fit that value.'],
    ['detail', { contains: 'a' }, '"detail" is an object: "contains" does not fit that value.'],
    ['fixed', { is: true }, '"fixed" is a number or a text: "is" does not fit that value.'],
  ] as const)('does not fit: %s %j', (prop, condition, message) => {
    expect(refusal(['measured'], { [prop]: condition as never })).toBe(message);
  });

  test('may fit any of the types', () => {
    expect(refusal(['measured', 'sized'], { size: { is: '1' } })).toBeNull();
    expect(refusal(null, { size: { is: '1' } })).toBeNull();
    expect(refusal(['sized'], { size: { is: 1 } })).toContain('is a text');
  });
});

describe('a prop that there is not', () => {
  test('is refused with those that there are', () => {
    expect(refusal(['sized', 'bare'], { sizes: { exists: true } })).toBe(
      '"sizes" is no prop of "sized" or "bare". There are size.',
    );
    expect(refusal(['bare'], { size: { exists: true } })).toBe('"size" is no prop of "bare". There is none.');
    expect(refusal(null, { constructor: { exists: true } } as never)).toContain('no prop of any type of the plan');
    expect(refusal(['no_such_type'], { size: { is: 1 } })).toContain('"size" is no prop of "no_such_type"');
    expect(() => checkPropName(plan, 'tags')).not.toThrow();
    expect(() => checkPropName(plan, 'tag')).toThrow('There are size, level,');
  });

  test('is told of a plan with many props without naming them all', () => {
    expect(() => checkPropName(demoPlan, 'nope')).toThrow(/, …\.$/);
  });
});

describe('types with the props', () => {
  const having = (types: readonly string[] | null, conditions: Parameters<typeof propTests>[2]) =>
    typesWithProps(plan, types, propTests(plan, types, conditions));

  test('are all that are asked for where no prop has to be there', () => {
    expect(having(null, {})).toBeNull();
    expect(having(['gone', 'bare'], {})).toEqual(['gone', 'bare']);
    expect(having(null, { size: { exists: false } })).toBeNull();
  });

  test('are those of the plan that have every one', () => {
    expect(having(null, { size: { exists: true } })).toEqual(['measured', 'sized']);
    expect(having(['sized', 'bare'], { size: { is: 'a' } })).toEqual(['sized']);
    expect(having(null, { size: { is: 1 }, open: { is: true } })).toEqual(['measured']);
    expect(having(['sized', 'measured'], { size: { is: 1 }, open: { exists: false } })).toEqual(['measured', 'sized']);
  });
});
