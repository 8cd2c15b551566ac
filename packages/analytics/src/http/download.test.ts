import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publicProcedure, router } from '../routers/trpc.ts';
import { openQuestions } from '../test-support/question-world.ts';

/** 60 MB: more than any buffer on the way takes. */
const MOST_UNREAD_PAGES = 300;

const ask = publicProcedure.meta({ question: 'What?' });
const figure = z.object({ value: z.number(), error: z.object({ standard: z.number() }).nullable() });

interface Source {
  /** Rows that there are. */
  rows: number;
  /** The page, counted from one, that fails. */
  failing?: number;
  readonly asked: number[];
  readonly text: string;
}

/** A router of one question of each shape; `search` has pages of at most ten. */
function questionsOn(source: Source) {
  const row = z.object({ id: z.number(), text: z.string(), props: z.record(z.string(), z.unknown()) });
  return router({
    one: ask
      .input(z.object({ from: z.string().optional(), to: z.string().optional() }))
      .output(
        z.object({
          scope: z.object({ siteId: z.string(), incompleteBefore: z.string().nullable() }),
          rows: z.array(z.object({ day: z.date(), n: figure })),
        }),
      )
      .query(() => ({
        scope: { siteId: 's', incompleteBefore: '2026-01-01T00:00:00.000Z' },
        rows: [
          { day: new Date(0), n: { value: -1, error: null } },
          { day: new Date(1), n: { value: 2, error: { standard: 0.5 } } },
        ],
      })),
    none: ask
      .output(z.object({ total: figure, byType: z.record(z.string(), z.number()), tags: z.array(z.string()) }))
      .query(() => ({ total: { value: 1, error: null }, byType: { '=b': 2, a: 1 }, tags: ['x', 'y'] })),
    several: ask
      .output(
        z.object({
          total: z.number(),
          before: z.array(z.object({ page: z.string() })),
          after: z.array(z.object({ page: z.string(), n: z.number() })),
        }),
      )
      .query(() => ({ total: 3, before: [{ page: '/a' }], after: [{ page: '/b', n: 1 }] })),
    empty: ask.output(z.object({ rows: z.array(z.object({ a: z.number(), b: figure })) })).query(() => ({ rows: [] })),
    records: ask
      .output(z.object({ rows: z.array(z.object({ props: z.record(z.string(), z.unknown()) })) }))
      .query(() => ({ rows: [{ props: { toString: 'a', b: { c: 1 } } }, { props: {} }, { props: { b: null } }] })),
    itself: ask.output(z.array(z.object({ a: z.number() }))).query(() => [{ a: 1 }, { a: 2 }]),
    search: ask
      .input(z.object({ cursor: z.string().optional(), limit: z.number().int().min(1).max(10).default(3) }))
      .output(
        z.object({
          scope: z.object({ incompleteBefore: z.string().nullable() }),
          events: z.array(row),
          nextCursor: z.string().nullable(),
        }),
      )
      .query(({ input }) => {
        source.asked.push(input.limit);
        if (source.asked.length === source.failing) throw new Error('gone');
        const from = Number(input.cursor ?? 0);
        const to = Math.min(from + input.limit, source.rows);
        const events = Array.from({ length: to - from }, (_, n) => ({
          id: from + n,
          text: source.text,
          props: { a: n },
        }));
        return {
          scope: { incompleteBefore: to > 20 ? '2026-01-01T00:00:00.000Z' : null },
          events,
          nextCursor: to < source.rows ? String(to) : null,
        };
      }),
  });
}

const sourceOf = (rows: number, more: Partial<Source> = {}): Source => ({ rows, asked: [], text: 't', ...more });
const open = (source: Source = sourceOf(0)) => openQuestions(questionsOn(source));

/** A response as Node reads it, which has trailers. */
async function download(url: string): Promise<{ text: string; response: IncomingMessage }> {
  const call = request(url);
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response) text += part;
  return { text, response };
}

describe('a download', () => {
  test('has the list of the answer as rows, nested objects with dots', async () => {
    await using world = await open();
    const csv = await world.ask('one?format=csv&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.headers.get('content-disposition')).toBe(
      'attachment; filename="tallymark-one-2026-11-01-2026-11-02.csv"',
    );
    expect(await csv.text()).toBe(
      'day,n.value,n.error.standard\r\n1970-01-01T00:00:00.000Z,-1,\r\n1970-01-01T00:00:00.001Z,2,0.5\r\n',
    );
    expect(csv.headers.get('x-tallymark-incomplete-before')).toBe('2026-01-01T00:00:00.000Z');
    expect((await world.ask('several?format=csv')).headers.get('x-tallymark-incomplete-before')).toBeNull();
    const lines = await (await world.ask('one?format=ndjson')).text();
    expect(lines.split('\n')[0]).toBe('{"day":"1970-01-01T00:00:00.000Z","n":{"value":-1,"error":null}}');
    expect(await (await world.ask('itself?format=csv')).text()).toBe('a\r\n1\r\n2\r\n');
  });

  test('of an answer without lists is one row; records have a column a key', async () => {
    await using world = await open();
    expect(await (await world.ask('none?format=csv')).text()).toBe(
      'total.value,total.error.standard,byType.=b,byType.a,tags\r\n1,,2,1,"[""x"",""y""]"\r\n',
    );
  });

  test('has a column for each key that a record of any row has', async () => {
    await using world = await open();
    expect(await (await world.ask('records?format=csv')).text()).toBe(
      'props.b,props.toString\r\n"{""c"":1}",a\r\n,\r\n,\r\n',
    );
  });

  test('of several lists has all of them, or the one that is named', async () => {
    await using world = await open();
    expect(await (await world.ask('several?format=csv')).text()).toBe(
      'list,total,page,n\r\n,3,,\r\nbefore,,/a,\r\nafter,,/b,1\r\n',
    );
    expect(await (await world.ask('several?format=csv&list=after')).text()).toBe('page,n\r\n/b,1\r\n');
    const refused = await world.ask('several?format=csv&list=total');
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { message: 'The answer of several has no list "total". It has before, after.' } },
    ]);
  });

  test('has its header where there are no rows', async () => {
    await using world = await open();
    expect(await (await world.ask('empty?format=csv')).text()).toBe('a,b.value,b.error.standard\r\n');
    expect(await (await world.ask('empty?format=ndjson')).text()).toBe('');
  });

  test('starts with a byte order mark where one is asked for', async () => {
    await using world = await open();
    const bytes = async (query: string) => new Uint8Array(await (await world.ask(query)).arrayBuffer()).slice(0, 3);
    expect(await bytes('empty?format=csv&bom=true')).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
    expect(await bytes('empty?format=csv')).toEqual(new TextEncoder().encode('a,b'));
  });

  test.each([
    ['text/csv', 'text/csv'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/csv;q=0, */*', 'application/json'],
    ['text/html,*/*;q=0.8', 'application/json'],
  ])('Accept: %s gets %s', async (accept, type) => {
    await using world = await open();
    const response = await world.ask('itself', { headers: { accept } });
    expect(response.headers.get('content-type')?.split(';')[0]).toBe(type);
  });

  test('has a file name that no header breaks on', async () => {
    await using world = await open();
    const response = await world.ask(`one?format=csv&from=${encodeURIComponent('a"\r\n;ä/..')}`);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="tallymark-one-a-...csv"');
  });
});

describe('a download of pages', () => {
  test('follows the cursor to the end, in the largest pages there are', async () => {
    const source = sourceOf(25);
    await using world = await open(source);
    const { text, response } = await download(`${world.url}/search?format=csv`);
    expect(text.split('\r\n')).toEqual([
      'id,text,props',
      ...Array.from({ length: 25 }, (_, n) => `${n},t,"{""a"":${n % 10}}"`),
      '',
    ]);
    expect(source.asked).toEqual([10, 10, 10]);
    expect(response.headers['x-tallymark-row-limit']).toBe('100000');
    // Only the last page came upon it.
    expect(response.headers['x-tallymark-incomplete-before']).toBeUndefined();
    expect(response.trailers).toEqual({ 'x-tallymark-incomplete-before': '2026-01-01T00:00:00.000Z' });
    expect((await download(`${world.url}/search?format=ndjson`)).text.trim().split('\n')).toHaveLength(25);
  });

  test('that is cut off says so', async () => {
    const source = sourceOf(25);
    await using world = await open(source);
    const { text, response } = await download(`${world.url}/search?format=csv&limit=12`);
    expect(text.trim().split('\r\n')).toHaveLength(13);
    expect(source.asked).toEqual([10, 2]);
    expect(response.headers.trailer).toBe('x-tallymark-truncated, x-tallymark-incomplete-before');
    expect(response.trailers).toEqual({ 'x-tallymark-truncated': '12' });
    const lines = (await download(`${world.url}/search?format=ndjson&limit=12`)).text.trim().split('\n');
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('{"truncated":{"rows":12,"nextCursor":"12"}}');
    const rest = await download(`${world.url}/search?format=ndjson&cursor=12&limit=13`);
    expect(rest.text).toMatch(/^\{"id":12,/);
    expect(rest.text).not.toContain('truncated');
  });

  test('reaches a proxy that speaks HTTP/1.0, which has no trailers', async () => {
    await using world = await open(sourceOf(25));
    const { port, pathname } = new URL(`${world.url}/search`);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${pathname}?format=csv&limit=12 HTTP/1.0\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += part;
    const [headers = '', body = ''] = text.split('\r\n\r\n');
    expect(headers).toMatch(/^HTTP\/1\.1 200/);
    expect(body.trim().split('\r\n')).toHaveLength(13);
  });

  test.each(['0', '1000001', 'x', '-1', '1.5', ''])('limit=%s is no number of rows', async (limit) => {
    await using world = await open(sourceOf(1));
    expect((await world.ask(`search?format=csv&limit=${limit}`)).status).toBe(400);
  });

  test('as JSON is one page, whose rows `limit` counts', async () => {
    await using world = await open(sourceOf(25));
    expect(await (await world.ask('search?limit=2')).json()).toMatchObject({ events: [{}, {}], nextCursor: '2' });
    expect((await world.ask('search?limit=11')).status).toBe(400);
  });

  test('asks for no more than one page where only the headers are wanted', async () => {
    const source = sourceOf(25);
    await using world = await open(source);
    const head = await world.ask('search?format=csv', { method: 'HEAD' });
    expect(head.headers.get('x-tallymark-row-limit')).toBe('100000');
    await eventually(async () => world.open() === 0);
    expect(source.asked).toEqual([10]);
  });

  test('is refused with a status when the first page is', async () => {
    await using world = await open(sourceOf(25, { failing: 1 }));
    expect((await world.ask('search?format=csv')).status).toBe(500);
  });

  test('breaks off when a later page fails, and does not pass for a whole one', async () => {
    await using world = await open(sourceOf(25, { failing: 2 }));
    await expect(download(`${world.url}/search?format=csv`)).rejects.toThrow(/aborted|hang up/);
    await eventually(async () => world.open() === 0);
  });

  test('reads no faster than it is taken, and stops when whoever asked has gone', async () => {
    const pages = 10_000;
    const source = sourceOf(10 * pages, { text: 'x'.repeat(20_000) });
    await using world = await open(source);
    const call = request(`${world.url}/search?format=ndjson`);
    call.once('error', () => {});
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    // Two looks that see the same: everything between here and there is full.
    let before = -1;
    await eventually(async () => {
      const same = source.asked.length === before;
      before = source.asked.length;
      return same && before > 0;
    });
    expect(source.asked.length).toBeLessThan(MOST_UNREAD_PAGES);
    response.destroy();
    await eventually(async () => world.open() === 0);
    expect(source.asked.length).toBeLessThan(MOST_UNREAD_PAGES);
  });
});
