import { NextRequest } from 'next/server';
import { describe, expect, it } from 'vitest';
import { proxy } from './proxy.ts';
import { SESSION_COOKIE } from './tracking/visit.ts';

const KNOWN_SESSION = '6c46821d-b417-4b1d-9c25-4ab4953475ca';

function answerTo(headers: Record<string, string> = {}, url = 'http://studio.example/assets/1') {
  const response = proxy(new NextRequest(url, { headers }));
  /** What the page will find in `headers()`. */
  const forwarded = (name: string) => response.headers.get(`x-middleware-request-${name}`);
  return { response, forwarded, cookie: response.cookies.get(SESSION_COOKIE) };
}

describe('the session', () => {
  it('starts on the first visit, for the page and for the browser alike', () => {
    const { forwarded, cookie } = answerTo();
    expect(cookie?.value).toMatch(/^[0-9a-f-]{36}$/);
    expect(forwarded('cookie')).toBe(`${SESSION_COOKIE}=${cookie?.value}`);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'lax', secure: false, maxAge: 30 * 60 });
  });

  it('goes on with another 30 minutes', () => {
    const { cookie } = answerTo({ cookie: `${SESSION_COOKIE}=${KNOWN_SESSION}` });
    expect(cookie).toMatchObject({ value: KNOWN_SESSION, maxAge: 30 * 60 });
  });

  it('starts anew for an id the proxy never wrote', () => {
    const { cookie } = answerTo({ cookie: `${SESSION_COOKIE}=${'x'.repeat(5_000)}` });
    expect(cookie?.value).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is kept to https where the page is', () => {
    expect(answerTo({}, 'https://studio.example/').cookie?.secure).toBe(true);
  });
});

it('gives every answer a nonce of its own, and Next the same one', () => {
  const [first, second] = [answerTo(), answerTo()];
  const policy = first.response.headers.get('content-security-policy');
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
  expect(first.forwarded('content-security-policy')).toBe(policy);
  expect(second.response.headers.get('content-security-policy')).not.toBe(policy);
});
