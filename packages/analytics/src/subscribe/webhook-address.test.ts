import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { checkedLookup, checkResolvedUrl, checkUrl, isRefusedAddress } from './webhook-address.ts';

const STRICT = { allowPrivateNetworks: false };
const OPEN = { allowPrivateNetworks: true };

const PRIVATE = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  'fc00::1',
  'fd12:3456::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:192.168.1.1',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::7f00:1',
];
const UNUSABLE = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  // What clouds tell their machines.
  '168.63.129.16',
  '100.100.100.200',
  'fd00:ec2::254',
  '::ffff:0:a9fe:a9fe',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0.0.0.0',
  '::a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001:0:1::1',
  '2001:db8::1',
  'fe80::1',
  'fe80::1%1',
  'fec0::1',
  'ff02::1',
  'no address',
];
const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '169.253.0.1',
  '2606:4700:4700::1111',
  '::ffff:1.1.1.1',
  '64:ff9b::1.1.1.1',
];

describe('an address', () => {
  test.each(PRIVATE)('%s takes the option', (address) => {
    expect([STRICT, OPEN].map((rules) => isRefusedAddress(address, rules))).toEqual([true, false]);
  });
  test.each(UNUSABLE)('%s is refused whatever is allowed', (address) => {
    expect([STRICT, OPEN].map((rules) => isRefusedAddress(address, rules))).toEqual([true, true]);
  });
  test.each(PUBLIC)('%s is fine', (address) => {
    expect([STRICT, OPEN].map((rules) => isRefusedAddress(address, rules))).toEqual([false, false]);
  });
});

describe('a URL', () => {
  test.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    '//example.com',
    'nonsense',
    'https://user:password@example.com/',
    'https://user@example.com/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fe80::1]/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.1.2.3:8080/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
  ])('%s is refused', (url) => {
    expect(() => checkUrl(url, STRICT)).toThrow(expect.objectContaining({ code: 'url_refused' }));
  });

  test('of a receiver on the way out is fine', () => {
    expect(checkUrl('https://example.com/hook?key=1', STRICT).href).toBe('https://example.com/hook?key=1');
    expect(checkUrl('http://1.1.1.1:8080/', STRICT).port).toBe('8080');
    expect(checkUrl('http://[::1]:8080/', OPEN).port).toBe('8080');
  });

  test('whose name resolves to a refused address is refused, and one that does not resolve', async () => {
    const refused = { code: 'url_refused' };
    await expect(checkResolvedUrl('http://localhost:1/', STRICT)).rejects.toMatchObject(refused);
    await expect(checkResolvedUrl('http://nowhere.invalid/', OPEN)).rejects.toMatchObject(refused);
    expect((await checkResolvedUrl('http://localhost:1/', OPEN)).hostname).toBe('localhost');
  });
});

describe('looking a name up', () => {
  type Found = { readonly error: Error | null; readonly address: string | readonly LookupAddress[] };
  const look = (name: string, rules: typeof STRICT, options: { all?: boolean; family?: 4 | 6 }) =>
    new Promise<Found>((resolve) => {
      checkedLookup(rules)(name, options, (error, address) => resolve({ error, address }));
    });

  test('answers as it was asked, but with no refused address', async () => {
    expect(await look('localhost', OPEN, { family: 4 })).toEqual({ error: null, address: '127.0.0.1' });
    const all = await look('localhost', OPEN, { all: true, family: 4 });
    expect(all.address).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect((await look('localhost', STRICT, {})).error).toMatchObject({ code: 'url_refused' });
    expect((await look('localhost', STRICT, { all: true })).error).toMatchObject({ code: 'url_refused' });
    expect((await look('nowhere.invalid', OPEN, {})).error).toBeInstanceOf(Error);
  });
});
