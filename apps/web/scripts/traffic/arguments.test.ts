import { expect, it } from 'vitest';
import { parseTraffic } from './arguments.ts';

it('takes numbers and an address of this machine', () => {
  expect(parseTraffic(['--', '--visitors', '5', '--minutes', '0.5', '--url', 'http://localhost:3100/x'])).toEqual({
    baseUrl: 'http://localhost:3100',
    visitors: 5,
    minutes: 0.5,
  });
});

it('refuses another machine unless told', () => {
  const args = ['--url', 'https://shop.example'];
  expect(() => parseTraffic(args)).toThrow('Say --not-here if you mean it.');
  expect(() => parseTraffic(['--url', 'http://127.0.0.1.shop.example'])).toThrow('another machine');
  expect(parseTraffic([...args, '--not-here']).baseUrl).toBe('https://shop.example');
});

it.each([
  ['--visitors', '0'],
  ['--minutes', '-1'],
  ['--url', 'studio'],
  ['--speed', '3'],
])('refuses %s %s', (...args) => {
  expect(() => parseTraffic(args)).toThrow();
});
