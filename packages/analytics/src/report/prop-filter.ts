import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PropConditionInput } from '@tallymark/contract/reports/search';
import type { PropTest } from '@tallymark/prisma/stores/report-search-conditions';
import { type PropKind, propKinds } from './prop-kinds.ts';
import { ReportError } from './report-error.ts';

const NAMES_TOLD = 50;

/**
 * Conditions on props, checked against the plan.
 * @param eventTypes the types whose events are asked for; null is any
 * @throws ReportError `invalid_input` for a prop that none of the types has, naming those there are, and for a condition that
 *   no value of the prop can meet
 */
export function propTests(
  plan: TrackingPlan,
  eventTypes: readonly string[] | null,
  conditions: Readonly<Record<string, PropConditionInput>>,
): PropTest[] {
  const byName = Object.entries(conditions).sort(([a], [b]) => (a < b ? -1 : 1));
  return byName.flatMap(([prop, condition]) => {
    const kinds = kindsOf(plan, eventTypes, prop);
    return testsOf(prop, condition).map((test) => {
      checkKind(test, kinds);
      return test;
    });
  });
}

/**
 * The types whose events can meet the tests: props are what the plan says, so that a type without a prop that is asked for
 * need not be read. Null is any type.
 */
export function typesWithProps(
  plan: TrackingPlan,
  eventTypes: readonly string[] | null,
  tests: readonly PropTest[],
): readonly string[] | null {
  const needed = tests.flatMap((test) => (test.op === 'exists' && !test.value ? [] : test.prop));
  if (needed.length === 0) return eventTypes;
  return Object.entries(plan.types).flatMap(([type, { props }]) => {
    const asked = eventTypes?.includes(type) ?? true;
    return asked && needed.every((prop) => Object.hasOwn(props.shape, prop)) ? type : [];
  });
}

/** @throws ReportError `invalid_input` for a prop that no type of the plan has */
export function checkPropName(plan: TrackingPlan, prop: string): void {
  kindsOf(plan, null, prop);
}

function kindsOf(plan: TrackingPlan, eventTypes: readonly string[] | null, prop: string): ReadonlySet<PropKind> {
  const types = Object.entries(plan.types).filter(([type]) => eventTypes?.includes(type) ?? true);
  const having = types.filter(([, { props }]) => Object.hasOwn(props.shape, prop));
  if (having.length === 0) throw unknownProp(types, eventTypes, prop);
  return new Set(having.flatMap(([, { props }]) => [...propKinds(props, prop)]));
}

function unknownProp(
  types: readonly (readonly [string, TrackingPlan['types'][string]])[],
  eventTypes: readonly string[] | null,
  prop: string,
): ReportError {
  const known = [...new Set(types.flatMap(([, { props }]) => Object.keys(props.shape)))];
  const told = known.slice(0, NAMES_TOLD).join(', ') + (known.length > NAMES_TOLD ? ', …' : '');
  const whose = eventTypes === null ? 'any type of the plan' : eventTypes.map((type) => `"${type}"`).join(' or ');
  const has = known.length === 0 ? 'There is none.' : `There are ${told}.`;
  return new ReportError('invalid_input', `"${prop.slice(0, 100)}" is no prop of ${whose}. ${has}`);
}

/** Each part of a condition by itself. */
function testsOf(prop: string, condition: PropConditionInput): PropTest[] {
  const { is, in: list, above, below, contains, exists } = condition;
  return [
    ...(is === undefined ? [] : [{ prop, op: 'is' as const, value: is }]),
    ...(list === undefined ? [] : [{ prop, op: 'in' as const, value: list }]),
    ...(above === undefined ? [] : [{ prop, op: 'above' as const, value: above }]),
    ...(below === undefined ? [] : [{ prop, op: 'below' as const, value: below }]),
    ...(contains === undefined ? [] : [{ prop, op: 'contains' as const, value: contains }]),
    ...(exists === undefined ? [] : [{ prop, op: 'exists' as const, value: exists }]),
  ];
}

function checkKind(test: PropTest, kinds: ReadonlySet<PropKind>): void {
  if (kinds.has('anything') || test.op === 'exists') return;
  const fits = (value: unknown) => kinds.has(typeof value as PropKind);
  if (test.op === 'contains' ? !canContain(test.value, kinds) : ![test.value].flat().every(fits)) {
    const is = [...kinds].map((kind) => KINDS[kind]).join(' or ');
    throw new ReportError('invalid_input', `"${test.prop}" is ${is}: "${test.op}" does not fit that value.`);
  }
}

const canContain = (value: unknown, kinds: ReadonlySet<PropKind>) =>
  kinds.has('array') || (kinds.has('string') && typeof value === 'string');

const KINDS: Readonly<Record<PropKind, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  anything: 'anything',
};
