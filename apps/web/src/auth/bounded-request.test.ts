import { expect, test } from 'vitest';
import { boundedRequest } from './bounded-request.ts';

const URL = 'http://studio.example/api/auth/sign-in/email';
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request(URL, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

const endless = (told: { chunks: number }) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      told.chunks += 1;
      controller.enqueue(new Uint8Array(1_000));
    },
  });

test('a login is handed on as it is, headers too', async () => {
  const passed = await boundedRequest(post('{"email":"a"}', { origin: 'http://studio.example' }));
  expect([await passed?.text(), passed?.headers.get('origin'), passed?.method]).toEqual([
    '{"email":"a"}',
    'http://studio.example',
    'POST',
  ]);
  expect(await boundedRequest(new Request(URL))).toBeInstanceOf(Request);
});

test('a body that is too large is refused, whether it says so or not, and is not read to its end', async () => {
  expect(await boundedRequest(post('x'.repeat(2_000), { 'content-length': '2000' }), 1_000)).toBeNull();
  const told = { chunks: 0 };
  expect(await boundedRequest(post(endless(told)), 5_000)).toBeNull();
  expect(told.chunks).toBeLessThan(20);
});
