import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serveNode } from './node-adapter.ts';

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
