import { IngestError } from '@tallymark/contract/errors';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ReportError } from '../report/report-error.ts';
import { adminProcedure, publicProcedure, router } from '../routers/trpc.ts';
import { openQuestions, type QuestionWorld } from '../test-support/question-world.ts';

const THROWN: Record<string, () => unknown> = {
  conflict: () => new TRPCError({ code: 'CONFLICT', message: 'Twice.' }),
  expensive: () =>
    new TRPCError({ code: 'UNPROCESSABLE_CONTENT', message: 'm', cause: new ReportError('too_expensive', 'm') }),
  slow: () =>
    new TRPCError({ code: 'GATEWAY_TIMEOUT', message: 'Slow.', cause: new ReportError('timed_out', 'Slow.') }),
  full: () => new TRPCError({ code: 'TOO_MANY_REQUESTS', message: 'm', cause: new IngestError('buffer_full', 7) }),
  bug: () => new Error('the password is swordfish'),
};

const ask = publicProcedure.meta({ question: 'What is <asked> & answered?' });
const questions = router({
  stats: {
    sum: ask
      .input(z.strictObject({ numbers: z.array(z.number()), times: z.number().max(9).default(1) }))
      .output(z.object({ sum: z.number(), at: z.date() }))
      .query(({ input }) => ({ sum: input.times * input.numbers.reduce((a, b) => a + b, 0), at: new Date(0) })),
    fail: ask.input(z.object({ how: z.string() })).query(({ input }) => {
      throw THROWN[input.how]?.();
    }),
    wrong: ask.output(z.object({ a: z.number() })).query(() => ({ a: 'x' }) as unknown as { a: number }),
    nothing: ask.output(z.null()).query(() => null),
    secret: adminProcedure
      .meta({ question: 'For admins.' })
      .output(z.object({ of: z.string() }))
      .query(({ ctx }) => ({ of: ctx.requestContext.session?.userId ?? '' })),
    undocumented: publicProcedure.query(() => 1),
    change: ask.mutation(() => 1),
  },
});

const refusalOf = async (response: Response) => {
  const { error } = z
    .strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })
    .parse(await response.json());
  return [response.status, error.code, error.message];
};
const refusal = async (world: QuestionWorld, question: string) => refusalOf(await world.ask(question));

describe('GET of a question', () => {
  test('answers plain JSON, times as ISO 8601, for nobody to keep', async () => {
    await using world = await openQuestions(questions);
    const response = await world.ask('stats.sum?numbers=1,2&times=3', { headers: { 'x-correlation-id': 'c-1' } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sum: 9, at: '1970-01-01T00:00:00.000Z' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'x-correlation-id': 'c-1',
    });
    expect(await (await world.ask('stats.nothing')).json()).toBeNull();
  });

  test('an error has a status, a code and a message, and what is a bug stays in the log', async () => {
    await using world = await openQuestions(questions);
    expect(await refusal(world, 'stats.fail?how=conflict')).toEqual([409, 'conflict', 'Twice.']);
    expect(await refusal(world, 'stats.fail?how=expensive')).toEqual([422, 'too_expensive', 'm']);
    expect(await refusal(world, 'stats.fail?how=slow')).toEqual([504, 'timed_out', 'Slow.']);
    for (const bug of ['stats.fail?how=bug', 'stats.wrong']) {
      const [status, code, message] = await refusal(world, bug);
      expect([status, code]).toEqual([500, 'internal_server_error']);
      expect(message).not.toMatch(/swordfish|expected/);
    }
    const full = await world.ask('stats.fail?how=full');
    expect(full.headers.get('retry-after')).toBe('7');
    expect((await refusalOf(full)).slice(0, 2)).toEqual([429, 'buffer_full']);
  });

  test('an input that does not fit is a 400 that says where', async () => {
    await using world = await openQuestions(questions);
    const [status, code, message] = await refusal(world, 'stats.sum?numbers=1,x&times=10');
    expect([status, code]).toEqual([400, 'bad_request']);
    expect(message).toMatch(/numbers\.1: .*number.*; times: /);
    expect(await refusal(world, 'stats.sum?nubmers=1')).toEqual([
      400,
      'bad_request',
      'stats.sum has no parameter "nubmers". It has numbers, times.',
    ]);
    expect(await refusal(world, 'stats.sum?numbers=1&format=xls')).toEqual([
      400,
      'bad_request',
      '"format" is json, csv, ndjson.',
    ]);
    expect((await refusal(world, 'stats.sum?numbers=1&bom=true'))[2]).toContain('has no parameter "bom"');
  });

  test.each(['stats.undocumented', 'stats.change', 'stats.none', 'toString', '__proto__', 'stats.sum/more', 'stats'])(
    '%s is no question',
    async (name) => {
      await using world = await openQuestions(questions);
      expect((await refusal(world, name)).slice(0, 2)).toEqual([404, 'not_found']);
    },
  );

  test('the role is the one that the procedure wants', async () => {
    await using world = await openQuestions(questions);
    expect((await refusal(world, 'stats.secret')).slice(0, 2)).toEqual([401, 'unauthorized']);
    world.signIn({ userId: 'u', role: 'user' });
    expect((await refusal(world, 'stats.secret')).slice(0, 2)).toEqual([403, 'forbidden']);
    world.signIn({ userId: 'u', role: 'admin' });
    expect(await (await world.ask('stats.secret')).json()).toEqual({ of: 'u' });
  });

  test('HEAD has the headers alone; any other method is a 405', async () => {
    await using world = await openQuestions(questions);
    for (const question of ['stats.sum?numbers=1', 'stats.sum?numbers=1&format=csv', 'openapi.json']) {
      const head = await world.ask(question, { method: 'HEAD' });
      const get = await world.ask(question);
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await world.ask('stats.sum?numbers=1', { method });
      expect(response.headers.get('allow')).toBe('GET, HEAD');
      expect((await refusalOf(response))[0]).toBe(405);
    }
  });

  test('the mount lists the questions, as a page for browsers', async () => {
    await using world = await openQuestions(questions);
    const list = await (await fetch(world.url)).json();
    const names = ['fail', 'nothing', 'secret', 'sum', 'wrong'].map((name) => ({ name: `stats.${name}` }));
    expect(list).toMatchObject({ openapi: '/api/reports/openapi.json', questions: names });
    const page = await fetch(`${world.url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain('What is &lt;asked&gt; &amp; answered?');
  });
});
