import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publicProcedure, router } from '../routers/trpc.ts';
import { reportRouters } from '../test-support/report-routers.ts';
import { questionsOf } from './question-catalogue.ts';
import { openApiOf } from './question-openapi.ts';

const place = { mount: '/api/reports', sessionCookie: 'tallymark.session_token' };

const node = z.object({
  name: z.string(),
  get children() {
    return z.array(node);
  },
});
const shared = z.object({ value: z.number() }).meta({ id: 'shared' });
const ask = publicProcedure.meta({ question: 'What is it? It is this.' });
const questions = router({
  trees: {
    all: ask
      .input(
        z.object({
          from: z.iso.datetime({ offset: true }).describe('Included.'),
          names: z.array(z.string()).optional(),
          tree: node.optional(),
          limit: z.number().int().max(10).default(5),
        }),
      )
      .output(z.object({ tree: node, more: z.array(node), at: z.date(), shared }))
      .query(() => null as never),
    root: ask.output(node).query(() => null as never),
    paged: ask
      .input(z.object({ cursor: z.string().optional(), limit: z.number().optional() }))
      .output(z.object({ rows: z.array(shared), nextCursor: z.string().nullable() }))
      .query(() => null as never),
  },
});

const described = z.object({ description: z.string().min(1) });
const reference = z.strictObject({ $ref: z.string() });
const schema = z.record(z.string(), z.unknown());
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['query', 'header']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  style: z.literal('form').optional(),
  explode: z.boolean().optional(),
  schema: schema.optional(),
  content: z.strictObject({ 'application/json': z.strictObject({ schema }) }).optional(),
});
const componentName = z.string().regex(/^[a-zA-Z0-9._-]+$/);

/** What OpenAPI 3.1 wants of a document that has what ours has, and nothing that it does not know. */
const openApi = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: described.extend({ title: z.string().min(1), version: z.string().min(1) }).strict(),
  servers: z.array(z.strictObject({ url: z.string() })).min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.strictObject({
      get: described
        .extend({
          operationId: z.string(),
          summary: z.string().min(1),
          tags: z.array(z.string()),
          parameters: z.array(z.union([reference, parameter])),
          responses: z.record(z.string().regex(/^[1-5]\d\d$/), z.union([reference, described.loose()])),
        })
        .strict(),
    }),
  ),
  components: z.strictObject({
    schemas: z.record(componentName, schema),
    parameters: z.record(componentName, parameter),
    responses: z.record(componentName, described.extend({ headers: schema.optional(), content: schema }).strict()),
    headers: z.record(componentName, described.extend({ schema }).strict()),
    securitySchemes: z.record(componentName, z.strictObject({ type: z.string(), in: z.string(), name: z.string() })),
  }),
});

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

const resolved = (document: unknown, reference: string) =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (Object(at) as Record<string, unknown>)[key], document);

const documentOf = (of: Parameters<typeof questionsOf>[0]) =>
  JSON.parse(JSON.stringify(openApiOf(questionsOf(of), place)));

describe('the OpenAPI document', () => {
  test.each([
    ['of recursive and shared shapes', () => questions],
    ['of all reports', reportRouters],
  ])('%s is one, and every reference leads somewhere', (_which, routerOf) => {
    const document = documentOf(routerOf());
    const parsed = openApi.parse(document);
    const references = referencesIn(document);
    expect(references.length).toBeGreaterThan(10);
    for (const one of references) {
      expect(one).toMatch(/^#\/components\//);
      expect(resolved(document, one), one).toBeTypeOf('object');
    }
    const names = [...questionsOf(routerOf()).keys()];
    expect(names.length).toBeGreaterThan(0);
    expect(Object.keys(parsed.paths).sort()).toEqual(names.map((name) => `/${name}`).sort());
    for (const { get } of Object.values(parsed.paths)) {
      const own = get.parameters.map((one) => ('$ref' in one ? one.$ref : one.name));
      expect(new Set(own).size, get.operationId).toBe(own.length);
    }
  });

  test('says what a question takes and answers', () => {
    const { paths, components } = documentOf(questions);
    const { get } = paths['/trees.all'];
    expect([get.summary, get.description]).toEqual(['What is it? It is this.', 'What is it? It is this.']);
    expect(get.parameters).toMatchObject([
      { name: 'from', in: 'query', required: true, description: 'Included.', schema: { format: 'date-time' } },
      { name: 'names', required: false, style: 'form', explode: true, schema: { type: 'array' } },
      { name: 'tree', required: false, content: { 'application/json': { schema: {} } } },
      { name: 'limit', required: false, schema: { type: 'integer', default: 5, maximum: 10 } },
      { $ref: '#/components/parameters/site' },
      { $ref: '#/components/parameters/format' },
      { $ref: '#/components/parameters/bom' },
      { $ref: '#/components/parameters/list' },
    ]);
    const answer = components.schemas['trees.all.answer'];
    expect(answer.required).toEqual(['tree', 'more', 'at', 'shared']);
    expect(answer.properties.at).toEqual({ type: 'string', format: 'date-time' });
    expect(Object.keys(get.responses)).toEqual(['200', '400', '401', '403', '404', '422', '429', '500', '503', '504']);
  });

  test('a recursive answer refers to itself, and `limit` of a paged question to that of downloads', () => {
    const { paths, components } = documentOf(questions);
    expect(components.schemas['trees.root.answer'].properties.children.items).toEqual({
      $ref: '#/components/schemas/trees.root.answer',
    });
    const parameters = paths['/trees.paged'].get.parameters.map((one: object) => Object.values(one)[0]);
    expect(parameters).toEqual([
      'cursor',
      ...['site', 'format', 'bom', 'list', 'limit'].map((name) => `#/components/parameters/${name}`),
    ]);
  });

  test.each([
    ['a time that no text becomes', z.object({ at: z.date() }), z.null()],
    ['a bigint', z.object({}), z.object({ n: z.bigint() })],
    ['a map', z.object({}), z.object({ n: z.map(z.string(), z.string()) })],
  ])('there is none of %s', (_what, input, output) => {
    const odd = router({
      ask: ask
        .input(input)
        .output(output)
        .query(() => null as never),
    });
    expect(() => questionsOf(odd)).toThrow();
  });
});
