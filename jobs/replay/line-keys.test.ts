import { describe, expect, it } from 'vitest';
import { LineKeys } from './line-keys.ts';
import { progressText } from './progress.ts';

describe('LineKeys', () => {
  it('gives equal lines keys of their own, and the same ones in every run', () => {
    const lines = ['a', 'b', 'a', 'a'];
    const run = () => {
      const keys = new LineKeys();
      return lines.map((line) => keys.keyOf(line));
    };
    expect(new Set(run()).size).toBe(4);
    expect(run()).toEqual(run());
  });
});

describe('progressText', () => {
  it('shows share, rate and time left', () => {
    expect(progressText({ share: 0.25, events: 500 }, 10)).toMatch(/25 % {2}500 events {2}50\/s {2}0:30 left/);
  });
});
