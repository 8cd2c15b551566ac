import { CONTENT_TYPES } from './download-format.ts';
import { alternativesOf, elementsOf, type JsonSchema, typesOf } from './json-schema.ts';
import { REFUSALS, SHARED_PARAMETERS } from './openapi-shared.ts';
import type { Question, QuestionParameter } from './question-catalogue.ts';
import { CORRELATION_HEADER } from './request-context.ts';

interface Json {
  readonly [key: string]: unknown;
}

/** The questions as an OpenAPI 3.1 document, whose dialect of JSON Schema is the one the schemas are in. */
export function openApiOf(
  questions: ReadonlyMap<string, Question>,
  { mount, sessionCookie }: { readonly mount: string; readonly sessionCookie: string },
): Json {
  const all = [...questions.values()];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tallymark reports',
      version: '1',
      description:
        'The questions that Tallymark answers, as plain JSON. Any of them is downloaded as CSV or NDJSON with `format`.',
    },
    servers: [{ url: mount }],
    security: [{ session: [] }],
    tags: [...new Set(all.map(({ name }) => tagOf(name)))].map((name) => ({ name })),
    paths: Object.fromEntries(all.map((question) => [`/${question.name}`, { get: operationOf(question) }])),
    components: {
      schemas: Object.assign({}, ...all.map(schemasOf)),
      parameters: SHARED_PARAMETERS,
      responses: REFUSALS,
      headers: {
        correlationId: {
          description: `The \`${CORRELATION_HEADER}\` that was sent, or a new one; the log has it too.`,
          schema: { type: 'string' },
        },
      },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: sessionCookie } },
    },
  };
}

const tagOf = (name: string) => name.split('.')[0] ?? name;
const answerName = (name: string) => `${name}.answer`;
const referenceTo = (section: string, name: string) => ({ $ref: `#/components/${section}/${name}` });

function operationOf(question: Question): Json {
  const { name, description, parameters, paged } = question;
  const own = [...parameters].filter(([parameter]) => !(paged && parameter === 'limit'));
  const shared = ['site', 'format', 'bom', 'list', ...(paged ? ['limit'] : [])];
  const text = { schema: { type: 'string' } };
  return {
    operationId: name,
    tags: [tagOf(name)],
    summary: description.split(/(?<=\.)\s/)[0],
    description,
    parameters: [
      ...own.map(([parameter, described]) => parameterOf(name, parameter, described)),
      ...shared.map((parameter) => referenceTo('parameters', parameter)),
    ],
    responses: {
      200: {
        description: 'The answer.',
        headers: { [CORRELATION_HEADER]: referenceTo('headers', 'correlationId') },
        content: {
          'application/json': { schema: referenceTo('schemas', answerName(name)) },
          ...Object.fromEntries(Object.values(CONTENT_TYPES).map((type) => [type.split(';')[0], text])),
        },
      },
      ...Object.fromEntries(Object.keys(REFUSALS).map((status) => [status, referenceTo('responses', status)])),
    },
  };
}

function parameterOf(question: string, name: string, { schema, root, required }: QuestionParameter): Json {
  const described = rebased(schema, inputName(question, name));
  const about = alternativesOf(schema, root).find(({ description }) => description)?.description;
  const common = { name, in: 'query', required, ...(about ? { description: about } : {}) };
  return isNested(schema, root)
    ? { ...common, content: { 'application/json': { schema: described } } }
    : { ...common, style: 'form', explode: true, schema: described };
}

/** Whether a parameter is written as JSON. */
function isNested(schema: JsonSchema, root: JsonSchema): boolean {
  const elements = elementsOf(schema, root).flatMap((element) => [...typesOf(element, root)]);
  return typesOf(schema, root).has('object') || elements.includes('object') || elements.includes('array');
}

const inputName = (question: string, parameter: string) => `${question}.${parameter.replace(/[^A-Za-z0-9._-]/g, '_')}`;

/** The schemas that an operation refers to: its answer, and the definitions of answer and parameters. */
function schemasOf({ name, answer, parameters }: Question): Json {
  const inputs = [...parameters].flatMap(([parameter, { schema, root }]) =>
    JSON.stringify(schema).includes('"$ref"') ? definitionsOf(root, inputName(name, parameter)) : [],
  );
  const { $defs: _definitions, ...own } = answer;
  return Object.fromEntries([
    [answerName(name), rebased(own, answerName(name))],
    ...definitionsOf(answer, answerName(name)),
    ...inputs,
  ]);
}

function definitionsOf(root: JsonSchema, base: string): [string, unknown][] {
  const { $defs = {}, ...own } = root;
  return [
    [base, rebased(own, base)],
    ...Object.entries($defs).map(([name, schema]): [string, unknown] => [`${base}.${name}`, rebased(schema, base)]),
  ];
}

/** A schema whose references lead into the components, where `base` is what was its root. */
function rebased(schema: unknown, base: string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => rebased(one, base));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key !== '$ref' || typeof value !== 'string') return [key, rebased(value, base)];
      return [key, `#/components/schemas/${base}${value.replace(/^#(\/\$defs\/)?/, '.').replace(/\.$/, '')}`];
    }),
  );
}
