import { describe, expect, test } from 'vitest';
import { hostsInput, siteKeyText } from './site-keys.ts';
import { allowedOrigin, allowsOrigin } from './site-keys-origin.ts';

describe('an allowed origin', () => {
  test.each([
    ['https://shop.example', 'https://shop.example'],
    [' HTTPS://Shop.Example/ ', 'https://shop.example'],
    ['https://shop.example:443', 'https://shop.example'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://*.shop.example', 'https://*.shop.example'],
    ['https://*.Shop.example:8443', 'https://*.shop.example:8443'],
  ])('%j is kept as browsers write it', (text, origin) => {
    expect(allowedOrigin.parse(text)).toBe(origin);
  });

  test.each([
    ...[
      '',
      '*',
      'shop.example',
      'https://',
      'https://shop.example/path',
      'https://shop.example?x',
      'ftp://shop.example',
    ],
    ...['https://*', 'https://*.com', 'https://*.10.0.0.1', 'https://*.[::1]', 'https://a.*.shop.example', 'null'],
    ...['https://user@shop.example', 'https://shop example', 'https://shop.example:99999', 'https://**.shop.example'],
  ])('%j is none', (text) => {
    const parsed = allowedOrigin.safeParse(text);
    expect(parsed.error?.issues[0]?.message).toMatch(/no origin such as/);
  });

  test.each<[string, boolean]>([
    ['https://shop.example', true],
    ['http://shop.example', false],
    ['https://shop.example:8443', false],
    ['https://www.shop.example', false],
    ['https://de.cards.example', true],
    ['https://a.de.cards.example', true],
    ['https://cards.example', false],
    ['https://.cards.example', false],
    ['https://evilcards.example', false],
    ['https://evil.example/.cards.example', false],
    ['https://x@cards.example', false],
    ['https://de.cards.example.evil.example', false],
    ['null', false],
  ])('of a page of %s: %s', (origin, expected) => {
    expect(allowsOrigin(['https://shop.example', 'https://*.cards.example'], origin)).toBe(expected);
    expect(allowsOrigin([], origin)).toBe(true);
  });
});

test('a key is tm_ and 22 characters', () => {
  expect(siteKeyText.safeParse(`tm_${'aB0_-'.repeat(5).slice(0, 22)}`).success).toBe(true);
  for (const wrong of [
    'tm_',
    `tm_${'a'.repeat(21)}`,
    `tm_${'a'.repeat(23)}`,
    `TM_${'a'.repeat(22)}`,
    `tm_${'a'.repeat(21)}=`,
  ]) {
    expect(siteKeyText.safeParse(wrong).success, wrong).toBe(false);
  }
});

test('hosts have no scheme and stand once, in order', () => {
  const siteId = '00000000-0000-7000-8000-000000000002';
  expect(hostsInput.parse({ siteId, hosts: ['www.Shop.example', 'a.example', 'www.shop.example '] }).hosts).toEqual([
    'a.example',
    'www.shop.example',
  ]);
  expect(hostsInput.safeParse({ siteId, hosts: ['https://shop.example'] }).success).toBe(false);
});
