import { describe, expect, it } from 'vitest';
import { referrerFrom } from './visit.ts';

describe('referrerFrom', () => {
  it('keeps where the visitor came from and drops what they did there', () => {
    const headers = new Headers({ referer: 'https://search.example/results?q=my+illness#third' });
    expect(referrerFrom(headers)).toBe('https://search.example/results');
  });

  it.each([undefined, '', 'nonsense', 'javascript:alert(1)', 'android-app://com.example'])('ignores %j', (referer) => {
    expect(referrerFrom(new Headers(referer === undefined ? {} : { referer }))).toBeUndefined();
  });

  it('stays within what an event may hold', () => {
    const headers = new Headers({ referer: `https://search.example/${'a'.repeat(9_000)}` });
    expect(referrerFrom(headers)).toHaveLength(2_000);
  });
});
