import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { serveNode } from './node-adapter.ts';

const STUCK_MS = 100;
const PATIENCE_MS = 500;
const CHUNK = new Uint8Array(1_048_576);

/** Whether the server has given up an endless stream of this type while nobody reads it. */
async function givesUp(type: string): Promise<boolean> {
  let settle: (gaveUp: boolean) => void = () => {};
  const settled = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const server = createServer((incoming, outgoing) => {
    outgoing.once('close', () => settle(true));
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(CHUNK) });
    const answer = async () => new Response(endless, { headers: { 'content-type': type } });
    void serveNode(answer, incoming, outgoing, { stuckMs: STUCK_MS });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  reader.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const patience = setTimeout(() => settle(false), PATIENCE_MS);
  try {
    return await settled;
  } finally {
    clearTimeout(patience);
    reader.destroy();
    server.closeAllConnections();
    server.close();
  }
}

test('an event stream that nobody reads is broken off; a download may pause', async () => {
  expect(await givesUp('text/event-stream')).toBe(true);
  expect(await givesUp('text/csv')).toBe(false);
});
