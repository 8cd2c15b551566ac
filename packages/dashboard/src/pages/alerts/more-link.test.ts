import type { Alert } from '@tallymark/contract/alerts';
import { expect, test } from 'vitest';
import { moreLink } from './more-link.ts';

const EVALUATED = {
  siteId: '00000000-0000-4000-8000-000000000002',
  windowMinutes: 90,
  evaluatedAt: '2026-11-23T12:00:00.000Z',
} as Alert;

test('a figure by its name leads to the overview of the window that decided, with its filters', () => {
  const { path, search } = moreLink({
    ...EVALUATED,
    source: {
      kind: 'question',
      question: 'stats.overview',
      input: {
        bots: 'only',
        filter: [
          { field: 'event_type', op: 'is', value: 'a;b' },
          { field: 'page', op: 'in', value: ['/', '/x'] },
        ],
      },
      pointer: '/events',
    },
  });
  expect(path).toBe('');
  expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
    site: EVALUATED.siteId,
    period: 'custom',
    from: '2026-11-23T10:30:00.000Z',
    to: '2026-11-23T12:00:00.000Z',
    bots: 'only',
    metric: 'events',
    f: 'event_type~is~a%3Bb;page~in~["/","/x"]',
  });
});

test.each([
  ['stats.funnel', 'funnels'],
  ['campaigns.overview', 'campaigns'],
  ['stats.breakdown', ''],
])('%s leads to the page that asks it', (question, path) => {
  expect(moreLink({ ...EVALUATED, source: { kind: 'question', question, input: {}, pointer: '/x' } }).path).toBe(path);
});

test('a figure of the pipeline leads there', () => {
  const source = { kind: 'pipeline', figure: 'stuck_shards' } as const;
  expect(moreLink({ ...EVALUATED, siteId: null, source })).toEqual({ path: 'pipeline', search: '', title: 'Pipeline' });
});
