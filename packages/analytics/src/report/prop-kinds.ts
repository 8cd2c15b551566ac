import { z } from 'zod';

/** What the value of a prop can be, as JSON. `anything` where the schema does not say. */
export type PropKind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'anything';

const KINDS: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'array', 'object']);

/** The kinds of value that one prop of a schema is stored as. */
export function propKinds({ shape }: z.ZodObject, prop: string): ReadonlySet<PropKind> {
  const schema = shape[prop];
  if (!schema) return new Set();
  return new Set(kindsIn(z.toJSONSchema(schema as z.ZodType, { io: 'output', unrepresentable: 'any' })));
}

function kindsIn(schema: z.core.JSONSchema.JSONSchema | boolean): PropKind[] {
  if (typeof schema === 'boolean') return ['anything'];
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (parts.length > 0) return parts.flatMap(kindsIn);
  const named = schema.type ?? (schema.const === undefined ? schema.enum : [schema.const])?.map((one) => typeof one);
  // Null is what a prop may be instead of missing, and is asked for as that.
  const types = [named ?? []].flat().filter((one) => one !== 'null');
  if (named === undefined) return ['anything'];
  return types.map((one) => (one === 'integer' ? 'number' : KINDS.has(one) ? (one as PropKind) : 'anything'));
}
