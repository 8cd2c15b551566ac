import { LIMITS } from '@tallymark/contract/limits';
import { elementsOf, type JsonSchema, typesOf } from './json-schema.ts';
import type { Question, QuestionParameter } from './question-catalogue.ts';
import { badRequest } from './question-refusal.ts';
import { nestingOf } from './read-body.ts';

/**
 * Query parameters as the input of a question, each read as its schema says: numbers, `true` and `false`, lists of scalars
 * repeated or with commas, JSON for whatever is nested. What does not read as that stays text, for the procedure to refuse.
 *
 * @throws RequestRefused 400 for a parameter that the question does not have, one too many, or no JSON where it has to be.
 */
export function readInput(question: Question, parameters: URLSearchParams): Record<string, unknown> | undefined {
  const names = [...new Set(parameters.keys())];
  const unknown = names.filter((name) => !question.parameters.has(name));
  if (unknown.length > 0) throw badRequest(unknownParameters(question, unknown));
  const input = names.flatMap((name) => {
    const parameter = question.parameters.get(name);
    return parameter ? [[name, readParameter(name, parameters.getAll(name), parameter)] as const] : [];
  });
  return question.takesInput ? Object.fromEntries(input) : undefined;
}

function unknownParameters({ name, parameters }: Question, unknown: readonly string[]): string {
  const named = unknown.map((one) => `"${one.slice(0, 100)}"`).join(', ');
  const known = [...parameters.keys()].join(', ');
  return `${name} has no parameter ${named}. ${known === '' ? 'It has none.' : `It has ${known}.`}`;
}

function readParameter(name: string, values: readonly string[], { schema, root }: QuestionParameter): unknown {
  const types = typesOf(schema, root);
  const [only = '', ...more] = values;
  const single = types.size > 1 || !types.has('array');
  if (types.has('array') && (more.length > 0 || !single || only.startsWith('['))) {
    return readList(name, values, schema, root);
  }
  if (more.length > 0) throw badRequest(`"${name}" is given more than once.`);
  return readValue(name, only, types);
}

function readList(name: string, values: readonly string[], schema: JsonSchema, root: JsonSchema): unknown[] {
  const [only = '', ...more] = values;
  if (more.length === 0 && only.startsWith('[')) {
    const list = readJson(name, only);
    if (Array.isArray(list)) return list;
  }
  const types = new Set(elementsOf(schema, root).flatMap((element) => [...typesOf(element, root)]));
  const nested = types.has('object') || types.has('array');
  const parts = more.length > 0 || nested ? values : only === '' ? [] : only.split(',');
  return parts.map((part) => readValue(name, part, types));
}

function readValue(name: string, text: string, types: ReadonlySet<string>): unknown {
  if (types.has('number') && isNumber(text, types)) return Number(text);
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.has('string')) return text;
  if (types.has('null') && text === 'null') return null;
  return types.has('object') || types.has('array') ? readJson(name, text) : text;
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** Where texts are allowed too, `007` is one. */
const isNumber = (text: string, types: ReadonlySet<string>) =>
  NUMBER.test(text) && (!types.has('string') || String(Number(text)) === text);

function readJson(name: string, text: string): unknown {
  if (nestingOf(text) > LIMITS.bodyDepth) throw badRequest(`"${name}" is nested too deeply.`);
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`"${name}" is not JSON.`);
  }
}
