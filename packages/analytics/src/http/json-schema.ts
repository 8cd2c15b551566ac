import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.JSONSchema;
type Maybe = JsonSchema | boolean | undefined;

/** What JSON has no word for. */
const NOT_JSON: ReadonlySet<string> = new Set(['bigint', 'symbol', 'map', 'set', 'nan', 'function']);

/**
 * JSON Schema of draft 2020-12, which is what OpenAPI 3.1 has. A Date of an answer is the ISO 8601 text it travels as.
 *
 * @throws Error for what cannot travel: a bigint, a map, and a Date in an input, where only `z.coerce.date()` takes a text.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (NOT_JSON.has(def.type)) throw new Error(`JSON has no ${def.type}.`);
      if (def.type !== 'date') return;
      if (io === 'input' && !('coerce' in def && def.coerce)) throw new Error('An input takes times as ISO 8601 text.');
      Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  });
  return described;
}

/** The schemas a value may follow, with references and unions taken apart; none where it may be anything. */
export function alternativesOf(schema: Maybe, root: JsonSchema): JsonSchema[] {
  if (typeof schema !== 'object') return [];
  if (schema.$ref !== undefined) return alternativesOf(referred(schema.$ref, root), root);
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return parts.length === 0 ? [schema] : parts.flatMap((part) => alternativesOf(part, root));
}

const DEFINITION = /^#\/\$defs\/(.+)$/;

function referred(ref: string, root: JsonSchema): JsonSchema {
  if (ref === '#') return root;
  const found = root.$defs?.[DEFINITION.exec(ref)?.[1] ?? ''];
  if (typeof found !== 'object') throw new Error(`The schema has no ${ref}.`);
  return found;
}

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

/** The types a value may have; none where it may be anything. An integer is a number. */
export function typesOf(schema: Maybe, root: JsonSchema): ReadonlySet<JsonType> {
  return new Set(alternativesOf(schema, root).flatMap(ownTypes));
}

function ownTypes({ type, const: constant, enum: choices }: JsonSchema): JsonType[] {
  if (type !== undefined) return [type].flat().map((one) => (one === 'integer' ? 'number' : one) as JsonType);
  const values = constant === undefined ? (choices ?? []) : [constant];
  return values.map((value) => (value === null ? 'null' : (typeof value as JsonType)));
}

/** The schemas of the elements that an array may have, where it may be an array. */
export function elementsOf(schema: Maybe, root: JsonSchema): JsonSchema[] {
  return alternativesOf(schema, root).flatMap(({ type, items, prefixItems }) =>
    type === 'array' ? [...(prefixItems ?? []), ...[items ?? []].flat()].filter(isSchema) : [],
  );
}

export const isSchema = (schema: Maybe): schema is JsonSchema => typeof schema === 'object';
