import { LIMITS } from '@tallymark/contract/limits';
import { describe, expect, test } from 'vitest';
import { clientAddress, requestContextFrom } from './request-context.ts';

const UUID = /^[0-9a-f-]{36}$/;

function contextOf(headers: Record<string, string>, trustedProxyHops = 0) {
  const get = (name: string) => headers[name] ?? null;
  return requestContextFrom({ headers: { get }, session: null, trustedProxyHops, peerAddress: '203.0.113.9' });
}

describe("the client's address", () => {
  const peer = '203.0.113.9';
  test.each<[string, string | null, number, string | null]>([
    ['no proxy: the header is a claim', '192.0.2.1', 0, peer],
    ['one proxy: what it saw', '192.0.2.1', 1, '192.0.2.1'],
    ['one proxy: what the client claimed before is ignored', '6.6.6.6, 192.0.2.1', 1, '192.0.2.1'],
    ['two proxies: what the outer one saw', '6.6.6.6, 192.0.2.1, 10.0.0.1', 2, '192.0.2.1'],
    ['IPv6', '2001:db8::1', 1, '2001:db8::1'],
    ['fewer entries than proxies', '192.0.2.1', 2, peer],
    ['no header behind a proxy', null, 1, peer],
    ['something that is no address', 'unknown', 1, peer],
    ['an address with a port', '192.0.2.1:80', 1, peer],
    ['nothing between commas', '192.0.2.1,', 1, peer],
  ])('%s', (_what, header, hops, expected) => {
    expect(clientAddress(header, hops, peer)).toBe(expected);
  });

  test('is unknown where nobody tells it', () => {
    expect(clientAddress('192.0.2.1', 0, null)).toBeNull();
  });
});

describe('the correlation id', () => {
  test('is the one that was sent, where it is fit for a log', () => {
    expect(contextOf({ 'x-correlation-id': 'order-7:b.1_2' }).correlationId).toBe('order-7:b.1_2');
  });

  test.each(['', 'with space', 'line\nbreak', '<script>', 'ü', 'x'.repeat(101)])(
    'is made in the place of %j',
    (sent) => {
      const first = contextOf({ 'x-correlation-id': sent }).correlationId;
      expect(first).toMatch(UUID);
      expect(contextOf({ 'x-correlation-id': sent }).correlationId).not.toBe(first);
    },
  );
});

test('headers become the context, cut to what a row can hold', () => {
  const context = contextOf({
    'user-agent': `${'a'.repeat(LIMITS.userAgentLength - 1)}😀`,
    'sec-ch-ua-mobile': '?1',
    'sec-ch-ua-platform': '\0"macOS"',
    'x-tallymark-tenant': 't',
    'x-tallymark-site': 's',
  });
  expect(context).toMatchObject({
    session: null,
    tenantId: 't',
    siteId: 's',
    clientHints: { 'sec-ch-ua-mobile': '?1', 'sec-ch-ua-platform': '"macOS"' },
    ipAddress: '203.0.113.9',
  });
  expect(context.userAgent).toHaveLength(LIMITS.userAgentLength);
  expect(context.userAgent?.isWellFormed()).toBe(true);
  expect(contextOf({})).toMatchObject({ userAgent: null, clientHints: null, tenantId: null, siteId: null });
  expect(contextOf({}).retentionExempt).toBeUndefined();
});
