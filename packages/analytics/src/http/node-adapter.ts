import type { IncomingMessage, ServerResponse } from 'node:http';
import { trailersOf } from './response-trailers.ts';

/** Header names that an HTTP/1.1 request may repeat are joined by Node already, but for `set-cookie`, which no request has. */
class IncomingHeaders {
  constructor(private readonly headers: IncomingMessage['headers']) {}

  get(name: string): string | null {
    const value = this.headers[name.toLowerCase()];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  }

  has(name: string): boolean {
    return this.headers[name.toLowerCase()] !== undefined;
  }
}

/** What the endpoints read of a request, straight from Node's: a real `Request` costs more than the work behind it. */
class IncomingRequest {
  readonly method: string;
  readonly headers: IncomingHeaders;
  readonly url: string;
  readonly body: AsyncIterable<Uint8Array>;
  private readonly aborted = new AbortController();

  constructor(incoming: IncomingMessage, response: ServerResponse) {
    this.method = incoming.method ?? 'GET';
    this.headers = new IncomingHeaders(incoming.headers);
    // The host is whatever the client says, and nothing here asks for it.
    this.url = `http://localhost${incoming.url ?? '/'}`;
    this.body = incoming;
    response.once('close', () => {
      if (!response.writableFinished) this.aborted.abort();
    });
  }

  get signal(): AbortSignal {
    return this.aborted.signal;
  }
}

/**
 * Serves a fetch-style endpoint from Node's own request and response: for Next's Pages API routes and plain servers, where
 * a request costs a third of what an App Router route handler does.
 */
export async function serveNode(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { stuckMs = STUCK_MS }: { readonly stuckMs?: number } = {},
): Promise<void> {
  // The endpoints use no more of a Request than IncomingRequest has.
  const response = await handler(new IncomingRequest(incoming, outgoing) as unknown as Request);
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== 'trailer' || takesTrailers(incoming, outgoing)) outgoing.setHeader(name, value);
  }
  if (isEventStream(response)) breakOffWhenStuck(outgoing, stuckMs);
  if (response.body && isStream(response)) await pipe(response.body, outgoing, () => trailersOf(response));
  else outgoing.end(await response.text());
}

/** Whoever takes nothing of an event stream for so long is gone, or might as well be. */
const STUCK_MS = 60_000;

/** Node throws at the `trailer` header of a response without chunks: to HTTP/1.0, which proxies speak, and to HEAD. */
const takesTrailers = ({ method }: IncomingMessage, { useChunkedEncodingByDefault }: ServerResponse) =>
  method !== 'HEAD' && useChunkedEncodingByDefault;

const isStream = ({ headers }: Response) =>
  /event-stream|jsonl|x-ndjson|text\/csv/.test(headers.get('content-type') ?? '');

const isEventStream = ({ headers }: Response) => headers.get('content-type')?.startsWith('text/event-stream') === true;

/** An event stream never ends by itself, and what stands still behind it would be held for ever. */
function breakOffWhenStuck(outgoing: ServerResponse, stuckMs: number): void {
  outgoing.setTimeout(stuckMs, () => {
    if (outgoing.writableNeedDrain) outgoing.destroy();
  });
}

/** A body that fails breaks the connection off: ended, it would pass for a whole one. */
async function pipe(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  trailers: () => Readonly<Record<string, string>>,
): Promise<void> {
  const reader = body.getReader();
  const closed = new Promise<void>((resolve) => outgoing.once('close', resolve));
  void closed.then(() => reader.cancel()).catch(() => {});
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      // Whoever has gone away drains nothing any more.
      if (!outgoing.write(part.value)) await Promise.race([drained(outgoing), closed]);
    }
  } catch (error) {
    const gone = outgoing.destroyed;
    outgoing.destroy();
    if (gone) return;
    throw error;
  }
  outgoing.addTrailers({ ...trailers() });
  outgoing.end();
}

const drained = (outgoing: ServerResponse) => new Promise<void>((resolve) => outgoing.once('drain', () => resolve()));
