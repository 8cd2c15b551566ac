import { LIMITS } from '@tallymark/contract/limits';
import { describe, expect, test } from 'vitest';
import { BadRequest, nestingOf, readJsonBody } from './read-body.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function post(body: RequestInit['body'], headers: Record<string, string> = JSON_TYPE): Request {
  return new Request('http://localhost/', { method: 'POST', headers, body, ...({ duplex: 'half' } as object) });
}

/** A body of unknown length that counts what is taken from it. */
function endless() {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      taken += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(0x20));
    },
  });
  return { body, taken: () => taken };
}

describe('a body', () => {
  test('in order is given as text', async () => {
    expect(await readJsonBody(post('{"a":"ü"}'))).toBe('{"a":"ü"}');
    expect(await readJsonBody(post('{}', { 'content-type': 'text/plain;charset=UTF-8' }))).toBe('{}');
    expect(await readJsonBody(post('{}', { 'content-type': 'Application/JSON; charset=utf-8' }))).toBe('{}');
    expect(await readJsonBody(post('{}', { ...JSON_TYPE, 'content-encoding': 'identity' }))).toBe('{}');
    const largest = JSON.stringify('x'.repeat(LIMITS.bodyBytes - 2));
    expect(await readJsonBody(post(largest))).toHaveLength(LIMITS.bodyBytes);
  });

  test.each<[string, number, Request]>([
    ['one byte too long', 413, post(' '.repeat(LIMITS.bodyBytes + 1))],
    ['too long in bytes, not in characters', 413, post('ü'.repeat(LIMITS.bodyBytes / 2 + 1))],
    ['announced as too long', 413, post('{}', { ...JSON_TYPE, 'content-length': String(LIMITS.bodyBytes + 1) })],
    ['compressed', 415, post('{}', { ...JSON_TYPE, 'content-encoding': 'gzip' })],
    ['compressed twice', 415, post('{}', { ...JSON_TYPE, 'content-encoding': 'identity, br' })],
    ['a form', 415, post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['of no type', 415, post(new Uint8Array([0x7b, 0x7d]), {})],
    ['invalid UTF-8', 400, post(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))],
    ['half a surrogate pair in UTF-8', 400, post(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))],
    ['empty', 400, post('')],
    ['absent', 400, post(null)],
    ['blank', 400, post(' \n\t ')],
    ['nested without end', 400, post('['.repeat(500_000))],
    ['nested one level too deep', 400, post('['.repeat(LIMITS.bodyDepth + 1) + ']'.repeat(LIMITS.bodyDepth + 1))],
  ])('%s is a %d', async (_what, status, request) => {
    const failure = await readJsonBody(request).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadRequest);
    expect(failure).toMatchObject({ status });
  });

  test('without a length is cut off soon after the cap', async () => {
    const { body, taken } = endless();
    await expect(readJsonBody(post(body))).rejects.toMatchObject({ status: 413 });
    expect(taken()).toBeLessThan(LIMITS.bodyBytes + 4 * 65_536);
  });
});

test('brackets inside of texts are no nesting', () => {
  expect(nestingOf('{"a":[{"b":1}],"c":[]}')).toBe(3);
  expect(nestingOf('"[[[["')).toBe(0);
  expect(nestingOf('["\\"[[[[", []]')).toBe(2);
  expect(nestingOf('["\\\\", [[]]]')).toBe(3);
  expect(nestingOf('"unended [[[[')).toBe(0);
  expect(nestingOf('')).toBe(0);
  expect(nestingOf(`[${'\\'.repeat(100_000)}"]`)).toBe(1);
});
