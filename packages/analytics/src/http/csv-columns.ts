import { alternativesOf, isSchema, type JsonSchema } from './json-schema.ts';

/** A column of a table: where in a row its cells are. */
export interface Column {
  /** The fields that lead there, with dots between. */
  readonly name: string;
  readonly path: readonly string[];
  /** Of a record, whose keys only the rows know: what it holds. */
  readonly values?: JsonSchema;
}

const DEEPEST = 6;
const MOST_KEYS = 500;

/** The columns that rows of a schema have: nested objects are taken apart, lists stay in one cell. */
export function columnsOf(schema: JsonSchema, root: JsonSchema, path: readonly string[] = []): Column[] {
  const shapes = alternativesOf(schema, root).filter(({ type }) => type !== 'null');
  const leaf = { name: path.join('.') || 'value', path };
  if (shapes.length === 0 || path.length >= DEEPEST || shapes.some(({ type }) => type !== 'object')) return [leaf];
  const fields = new Map<string, JsonSchema[]>();
  for (const { properties = {} } of shapes) {
    for (const [field, one] of Object.entries(properties)) {
      fields.set(field, [...(fields.get(field) ?? []), one as JsonSchema]);
    }
  }
  if (fields.size > 0) {
    return [...fields].flatMap(([field, schemas]) => columnsOf({ anyOf: schemas }, root, [...path, field]));
  }
  const [values] = shapes.map(({ additionalProperties }) => additionalProperties).filter(isSchema);
  return [values ? { ...leaf, values } : leaf];
}

/** The columns with those of records put in place of them, one or more a key. A record of very many keys stays in one cell. */
export function spreadRecords(columns: readonly Column[], rows: readonly unknown[], root: JsonSchema): Column[] {
  return columns.flatMap((column) => {
    const { path, values } = column;
    if (!values) return column;
    const keys = new Set(rows.flatMap((row) => Object.keys(Object(valueAt(row, path)))));
    if (keys.size === 0 || keys.size > MOST_KEYS) return column;
    const own = [...keys].sort().flatMap((key) => columnsOf(values, root, [...path, key]));
    return path.length >= DEEPEST || !own.some((one) => one.values) ? own : spreadRecords(own, rows, root);
  });
}

export function valueAt(row: unknown, path: readonly string[]): unknown {
  let value = row;
  for (const field of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[field];
  }
  return value;
}
