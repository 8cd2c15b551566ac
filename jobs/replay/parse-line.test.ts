import { describe, expect, it } from 'vitest';
import { parseLine } from './parse-line.ts';

const LINE =
  '192.0.2.7 - frank [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 5120 "https://example.org/" "Agent/1.0 (\\"x\\")"';

describe('parseLine', () => {
  it('reads combined format, the time with its offset', () => {
    expect(parseLine(LINE)).toEqual({
      address: '192.0.2.7',
      occurredAt: new Date('2015-05-17T08:05:03Z'),
      method: 'GET',
      path: '/a?b=1',
      status: 200,
      bytes: 5120,
      referrer: 'https://example.org/',
      userAgent: 'Agent/1.0 (\\"x\\")',
    });
  });

  it('takes a dash for nothing', () => {
    const parsed = parseLine('::1 - - [01/Jan/2026:00:00:00 +0000] "HEAD / HTTP/1.0" 304 - "-" "-"');
    expect(parsed).toMatchObject({ bytes: undefined, referrer: undefined, userAgent: undefined, status: 304 });
  });

  it('keeps a request line that is none as the path', () => {
    expect(parseLine(LINE.replace('GET /a?b=1 HTTP/1.1', '\\x16\\x03\\x01'))).toMatchObject({
      method: undefined,
      path: '\\x16\\x03\\x01',
    });
  });

  it.each([
    ['cut off', LINE.slice(0, -1)],
    ['empty', ''],
    ['a day that does not exist', LINE.replace('17/May', '31/Feb')],
    ['a month that does not exist', LINE.replace('May', 'Mai')],
    ['another format', '{"status":200}'],
  ])('refuses a line that is %s', (_, line) => {
    expect(parseLine(line)).toBeNull();
  });
});
