import type { AnyProcedure, AnyRouter } from '@trpc/server';
import { z } from 'zod';
import { type AnswerList, listsOf } from './answer-lists.ts';
import { alternativesOf, isSchema, type JsonSchema, jsonSchemaOf } from './json-schema.ts';

export interface QuestionParameter {
  readonly schema: JsonSchema;
  /** What references of the schema are resolved in. */
  readonly root: JsonSchema;
  readonly required: boolean;
}

/** A query of a router that is also served as a GET of plain JSON. */
export interface Question {
  /** Such as `stats.timeseries`. */
  readonly name: string;
  /** What it answers. */
  readonly description: string;
  /** Whether the procedure takes any input at all. */
  readonly takesInput: boolean;
  readonly parameters: ReadonlyMap<string, QuestionParameter>;
  readonly answer: JsonSchema;
  /** The lists of objects in the answer, which downloads have as rows. */
  readonly lists: readonly AnswerList[];
  /** Answers a page and the cursor of the next. */
  readonly paged: boolean;
}

/** Names that a GET gives a meaning of its own; `limit` is a question's own, and the download's where it is paged. */
export const DOWNLOAD_PARAMETERS = ['format', 'bom', 'list'] as const;

const catalogues = new WeakMap<AnyRouter, ReadonlyMap<string, Question>>();

/** The queries of a router that have a `meta.question`, by name. Routers that are loaded lazily are not looked into. */
export function questionsOf(router: AnyRouter): ReadonlyMap<string, Question> {
  const known = catalogues.get(router);
  if (known) return known;
  const procedures = Object.entries(router._def.procedures as Record<string, AnyProcedure>);
  const questions = procedures.flatMap(([name, procedure]) => questionOf(name, procedure) ?? []);
  const catalogue = new Map(questions.sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => [one.name, one]));
  catalogues.set(router, catalogue);
  return catalogue;
}

function questionOf(name: string, { _def: definition }: AnyProcedure): Question | null {
  const description = descriptionOf(definition.meta);
  if (definition.type !== 'query' || description === null) return null;
  const inputs = definition.inputs.filter((input) => input instanceof z.ZodType);
  const parameters = new Map(inputs.flatMap((input) => parametersOf(jsonSchemaOf(input, 'input'))));
  for (const taken of DOWNLOAD_PARAMETERS) {
    if (parameters.has(taken)) throw new Error(`"${taken}" of ${name} is a parameter of downloads.`);
  }
  const { output } = definition as { readonly output?: unknown };
  const answer = output instanceof z.ZodType ? jsonSchemaOf(output, 'output') : {};
  const paged = parameters.has('cursor') && alternativesOf(answer, answer).some((one) => one.properties?.nextCursor);
  const takesInput = inputs.length > 0;
  return { name, description, takesInput, parameters, answer, lists: listsOf(answer), paged };
}

function descriptionOf(meta: unknown): string | null {
  const question = typeof meta === 'object' && meta !== null && 'question' in meta ? meta.question : null;
  return typeof question === 'string' ? question : null;
}

/** The properties of an input; where it is one of several objects, those of all, required where each requires them. */
function parametersOf(root: JsonSchema): [string, QuestionParameter][] {
  const objects = alternativesOf(root, root).filter(({ properties }) => properties);
  const names = new Set(objects.flatMap(({ properties }) => Object.keys(properties ?? {})));
  return [...names].map((name) => {
    const schemas = objects.map(({ properties }) => properties?.[name]).filter(isSchema);
    const [only, ...others] = schemas;
    const schema = only && others.length === 0 ? only : { anyOf: schemas };
    return [name, { schema, root, required: objects.every(({ required }) => required?.includes(name)) }];
  });
}
