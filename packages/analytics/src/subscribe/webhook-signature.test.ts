import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signWebhook, verifyWebhook } from './webhook-signature.ts';

const NOW = new Date('2026-11-15T12:00:00.000Z');
const secret = 'a secret of the tests';
const body = '{"events":[]}';
const header = signWebhook(secret, body, NOW);

describe('a signature', () => {
  test('is an HMAC-SHA256 over time and body', () => {
    // printf '1794744000.{"events":[]}' | openssl dgst -sha256 -hmac 'a secret of the tests'
    expect(header).toBe('t=1794744000,v1=0e2896b5f073b45055c1fc0960517495bbbaefa6633d92a96ef8670bb11e0e99');
  });

  test('holds for what was signed, as text and as bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), (text, key) => {
        const signed = signWebhook(key, text, NOW);
        expect(verifyWebhook({ secret: key, header: signed, body: text, now: NOW })).toBe(true);
        expect(verifyWebhook({ secret: key, header: signed, body: Buffer.from(text), now: NOW })).toBe(true);
        expect(verifyWebhook({ secret: key, header: signed, body: `${text} `, now: NOW })).toBe(false);
        expect(verifyWebhook({ secret: `${key}x`, header: signed, body: text, now: NOW })).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['none', null],
    ['an empty one', ''],
    ['another scheme', header.replace('v1', 'v0')],
    ['another time', header.replace('t=1', 't=2')],
    ['a time that is none', header.replace(/t=\d+/, 't=now')],
    ['a shorter one', header.slice(0, -1)],
    ['one byte off', `${header.slice(0, -1)}${header.endsWith('0') ? '1' : '0'}`],
    ['something behind it', `${header},v1=`],
  ])('%s is refused', (_what, odd) => {
    expect(verifyWebhook({ secret, header: odd, body, now: NOW })).toBe(false);
  });

  test('is good for five minutes, to either side', () => {
    const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
    const holds = (seconds: number) => verifyWebhook({ secret, header, body, now: at(seconds) });
    expect([-301, -300, 0, 300, 301].map(holds)).toEqual([false, true, true, true, false]);
    expect(verifyWebhook({ secret, header, body, now: at(11), toleranceSeconds: 10 })).toBe(false);
    expect(verifyWebhook({ secret, header, body, now: new Date(Number.NaN) })).toBe(false);
  });
});
