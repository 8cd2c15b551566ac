import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serveNode } from './node-adapter.ts';
import { setTrailers } from './response-trailers.ts';

type Handler = (request: Request) => Promise<Response>;

/** A server on a free port whose every request goes through the adapter. */
async function serve(handler: Handler) {
  const server = createServer((incoming, outgoing) => void serveNode(handler, incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('serveNode', () => {
  it('passes method, path, headers and body on, and status, headers and body back', async () => {
    await using server = await serve(async (incoming) => {
      const parts: Uint8Array[] = [];
      for await (const part of incoming.body as unknown as AsyncIterable<Uint8Array>) parts.push(part);
      const { method, url, headers } = incoming;
      const seen = {
        method,
        url,
        agent: headers.get('User-Agent'),
        has: headers.has('x-none'),
        body: Buffer.concat(parts).toString(),
      };
      return Response.json(seen, { status: 429, headers: { 'retry-after': '7' } });
    });
    const response = await fetch(`${server.url}/api/x?y=1`, {
      method: 'POST',
      body: 'käse',
      headers: { 'user-agent': 'test' },
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toEqual({
      method: 'POST',
      url: 'http://localhost/api/x?y=1',
      agent: 'test',
      has: false,
      body: 'käse',
    });
  });

  it('streams what is a stream, part by part', async () => {
    let more: () => void = () => {};
    await using server = await serve(async () => {
      const body = new ReadableStream({
        async start(controller) {
          controller.enqueue(new TextEncoder().encode('data: 1\n\n'));
          await new Promise<void>((resolve) => {
            more = resolve;
          });
          controller.enqueue(new TextEncoder().encode('data: 2\n\n'));
          controller.close();
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    });
    const response = await fetch(server.url);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('data: 1\n\n');
    more();
    expect((await reader?.read())?.value).toBe('data: 2\n\n');
    expect((await reader?.read())?.done).toBe(true);
  });

  it.each(['text/csv; charset=utf-8', 'application/x-ndjson'])(
    'streams %s, with what is said behind it',
    async (type) => {
      let more: () => void = () => {};
      const waited = new Promise<void>((resolve) => {
        more = resolve;
      });
      await using server = await serve(async () => {
        const body = ReadableStream.from(
          (async function* () {
            yield new TextEncoder().encode('1\n');
            await waited;
            yield new TextEncoder().encode('2\n');
          })(),
        );
        const response = new Response(body, { headers: { 'content-type': type, trailer: 'x-end' } });
        setTrailers(response, () => ({ 'x-end': 'cut' }));
        return response;
      });
      const call = request(server.url);
      call.end();
      const [response] = (await once(call, 'response')) as [IncomingMessage];
      const parts = response[Symbol.asyncIterator]();
      expect(String((await parts.next()).value)).toBe('1\n');
      more();
      expect(String((await parts.next()).value)).toBe('2\n');
      expect((await parts.next()).done).toBe(true);
      expect(response.trailers).toEqual({ 'x-end': 'cut' });
    },
  );

  it('tells the handler when the caller has gone away', async () => {
    let gone: (reason: 'aborted') => void = () => {};
    const aborted = new Promise((resolve) => {
      gone = resolve;
    });
    await using server = await serve((incoming) => {
      incoming.signal.addEventListener('abort', () => gone('aborted'));
      call.destroy();
      return new Promise(() => {});
    });
    const call = request(server.url);
    call.once('error', () => {});
    call.end();
    expect(await aborted).toBe('aborted');
  });
});
