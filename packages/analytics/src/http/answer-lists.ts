import { alternativesOf, elementsOf, isSchema, type JsonSchema } from './json-schema.ts';

/** A list of objects in an answer. */
export interface AnswerList {
  /** The field it is; null where the answer itself is the list. */
  readonly field: string | null;
  /** What an element may be. */
  readonly element: JsonSchema;
}

/** The lists at the top of an answer: the answer itself, or those of its fields that are arrays of objects. */
export function listsOf(answer: JsonSchema): AnswerList[] {
  const itself = elementsOf(answer, answer);
  if (itself.length > 0) return [{ field: null, element: { anyOf: itself } }];
  return fieldsOf(answer).flatMap(([field, schema]) => {
    const objects = elementsOf(schema, answer).filter((element) => holdsObjects(element, answer));
    return objects.length > 0 ? [{ field, element: { anyOf: objects } }] : [];
  });
}

/** The fields an answer may have, with what they hold. */
export function fieldsOf(answer: JsonSchema): [string, JsonSchema][] {
  const fields = new Map<string, JsonSchema[]>();
  for (const { properties = {} } of alternativesOf(answer, answer)) {
    for (const [field, schema] of Object.entries(properties)) {
      if (isSchema(schema)) fields.set(field, [...(fields.get(field) ?? []), schema]);
    }
  }
  return [...fields].map(([field, schemas]) => [field, { anyOf: schemas }]);
}

const holdsObjects = (element: JsonSchema, root: JsonSchema) =>
  alternativesOf(element, root).some(({ type }) => type === 'object');

/** The rows of a list; one that is missing has none. */
export function rowsOf(answer: unknown, { field }: AnswerList): readonly unknown[] {
  const list = field === null ? answer : (answer as Readonly<Record<string, unknown>>)[field];
  return Array.isArray(list) ? list : [];
}
