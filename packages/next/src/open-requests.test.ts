import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopTakingRequests, watchRequests } from './open-requests.ts';
import { PEER_HEADER, requestContextOf } from './peer-address.ts';

const seen: string[] = [];
let port: number;
let finish: () => void = () => {};
const server = createServer((incoming, response) => {
  seen.push(String(incoming.headers[PEER_HEADER]));
  if (incoming.url === '/live') {
    response.setHeader('content-type', 'text/event-stream').write(': hello\n\n');
    return;
  }
  finish = () => void response.end('done');
  if (incoming.url !== '/slow') finish();
});

beforeAll(async () => {
  watchRequests();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  // Longer than a test may take: closing must not wait for it.
  server.keepAliveTimeout = 60_000;
});
afterAll(() => {
  server.closeAllConnections();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<string> {
  const sent = request({ port, path, headers, host: '127.0.0.1', agent: new Agent({ keepAlive: true }) }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return (await response.toArray()).join('');
}

const addressIn = (header: string | undefined) =>
  requestContextOf({ headers: new Headers({ [PEER_HEADER]: header ?? '' }), session: null, trustedProxyHops: 0 })
    .ipAddress;

describe('the peer', () => {
  it('is the other end of the connection, whatever the client claims', async () => {
    await get('/', { [PEER_HEADER]: '203.0.113.9' });
    expect(addressIn(seen.at(-1))).toBe('127.0.0.1');
  });

  it('stays who it was when the server asks itself', async () => {
    await get('/');
    const forwarded = String(seen.at(-1)).replace('127.0.0.1', '203.0.113.9');
    await get('/', { [PEER_HEADER]: forwarded });
    expect(addressIn(seen.at(-1))).toBe('203.0.113.9');
  });
});

it('answers what is open, breaks off what never ends and takes nothing new', async () => {
  const live = get('/live');
  await expect.poll(() => seen.length).toBe(4);
  const slow = get('/slow');
  await expect.poll(() => seen.length).toBe(5);
  let closed = false;
  const closing = stopTakingRequests().then(() => {
    closed = true;
  });
  await expect(live).rejects.toThrow('aborted');
  await expect(get('/')).rejects.toThrow('ECONNREFUSED');
  expect(closed).toBe(false);
  finish();
  expect(await slow).toBe('done');
  await closing;
});
