import { describe, expect, it } from 'vitest';
import { safeNext } from './safe-next.ts';

describe('safeNext', () => {
  it.each(['/', '/admin', '/assets/1?from=mail#licences'])('keeps the path %s', (path) => {
    expect(safeNext(path)).toBe(path);
  });

  it.each([
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    '/.//elsewhere.example',
    'javascript:alert(1)',
    'admin',
    '',
    undefined,
    ['/admin'],
  ])('leads %j to the front page', (wanted) => {
    expect(safeNext(wanted)).toBe('/');
  });
});
