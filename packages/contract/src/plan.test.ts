import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { demoPlan } from './demo-plan.ts';
import { definePlan, type EventTypeDefinition } from './plan.ts';

const props = z.strictObject({});
const step = (value: Readonly<Record<string, unknown>>) => ({ ...value });

describe('definePlan names the type that contradicts itself and what to change', () => {
  test.each<[string, string, EventTypeDefinition, string]>([
    ['a name in camel case', 'pageViewed', { props }, 'snake_case'],
    ['an empty name', '', { props }, 'snake_case'],
    ['a name of 101 characters', 'a'.repeat(101), { props }, 'at most 100'],
    ['version 0', 'a', { props, version: 0 }, 'version is a whole number'],
    ['version 1.5', 'a', { props, version: 1.5 }, 'version is a whole number'],
    ['a version that no smallint holds', 'a', { props, version: 32_768 }, 'version is a whole number'],
    ['more than all visitors', 'a', { props, samplingRate: 101 }, 'percentage'],
    ['a rate that is no number', 'a', { props, samplingRate: Number.NaN }, 'percentage'],
    ['an upcaster from the current version', 'a', { props, version: 2, upcast: { 2: step } }, 'upcast[2]'],
    ['an upcaster from nowhere', 'a', { props, version: 2, upcast: { 0: step } }, 'upcast[0]'],
    ['a gap between upcasters', 'a', { props, version: 4, upcast: { 1: step, 3: step } }, 'upcast[2] is missing'],
  ])('%s', (_what, name, definition, sentence) => {
    const define = () => definePlan({ [name]: definition });
    expect(define).toThrow(`event type "${name}"`);
    expect(define).toThrow(sentence);
  });
});

test('a plan that does not contradict itself is taken as it is', () => {
  const types = { a: { props, version: 3, upcast: { 1: step, 2: step }, samplingRate: 0 }, b_2: { props } };
  expect(definePlan(types)).toEqual({ types, entityIds: {} });
});

test('the demo plan refuses misspelt props of every type', () => {
  for (const [name, definition] of Object.entries(demoPlan.types)) {
    const parsed = definition.props.safeParse({ no_such_prop: 1 });
    expect(
      parsed.error?.issues.map(({ code }) => code),
      name,
    ).toContain('unrecognized_keys');
  }
});
