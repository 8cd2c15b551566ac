/** One prop as the plan's JSON Schema describes it. */
export interface PlannedProp {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Limits and choices, in words. */
  readonly limits: string;
}

type Schema = Readonly<Record<string, unknown>>;

/** The props of an object schema, in its order. */
export function propsIn(schema: Schema): readonly PlannedProp[] {
  const { properties, required } = schema;
  if (!isSchema(properties)) return [];
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(properties).map(([name, prop]) => ({
    name,
    type: typeOf(prop),
    required: needed.has(name),
    limits: isSchema(prop) ? limitsOf(prop) : '',
  }));
}

function typeOf(prop: unknown): string {
  if (!isSchema(prop)) return 'anything';
  const parts = [prop.anyOf, prop.oneOf].find(Array.isArray);
  if (parts) return [...new Set(parts.map(typeOf))].join(' or ');
  if (Array.isArray(prop.enum)) return prop.enum.map((choice) => JSON.stringify(choice)).join(' or ');
  if (prop.const !== undefined) return JSON.stringify(prop.const);
  if (prop.type === 'array') return `list of ${typeOf(prop.items)}`;
  if (prop.type === undefined) return 'anything';
  return [prop.type].flat().join(' or ');
}

const LIMITS: Readonly<Record<string, (value: unknown) => string>> = {
  format: (value) => String(value),
  minLength: (value) => `at least ${value} characters`,
  maxLength: (value) => `at most ${value} characters`,
  minimum: (value) => `from ${value}`,
  exclusiveMinimum: (value) => `above ${value}`,
  maximum: (value) => `to ${value}`,
  exclusiveMaximum: (value) => `below ${value}`,
  maxItems: (value) => `at most ${value}`,
  pattern: (value) => `matches ${value}`,
};

/** Zod writes the safe integers into every whole number: that is no limit that anybody chose. */
const isChosen = (value: unknown) => typeof value !== 'number' || Math.abs(value) < Number.MAX_SAFE_INTEGER;

const limitsOf = (prop: Schema) =>
  Object.entries(LIMITS)
    .flatMap(([keyword, write]) => (prop[keyword] !== undefined && isChosen(prop[keyword]) ? write(prop[keyword]) : []))
    .join(', ');

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
