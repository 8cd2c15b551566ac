import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { writeBrowserVisit } from './browser-visit.ts';
import { browserVisitFrom, opensPage } from './visit.ts';

const visit = { visitorId: randomUUID(), sessionId: randomUUID() };

describe('browserVisitFrom', () => {
  it('reads what the browser wrote, with and without a campaign', () => {
    const campaign = { ...visit, campaignId: 'night-market', influencerId: 'mara.lind' };
    expect(browserVisitFrom(writeBrowserVisit(visit))).toEqual(visit);
    expect(browserVisitFrom(writeBrowserVisit(campaign))).toEqual(campaign);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    writeBrowserVisit({ ...visit, visitorId: 'a b' }),
    writeBrowserVisit({ ...visit, sessionId: 'short' }),
    writeBrowserVisit({ ...visit, campaignId: 'a\u0000b' }),
  ])('takes nothing from %j', (value) => {
    expect(browserVisitFrom(value)).toBeNull();
  });
});

describe('opensPage', () => {
  it('is true of a GET that somebody will see', () => {
    expect(opensPage({ method: 'GET', headers: new Headers() })).toBe(true);
  });

  it.each([
    ['a speculative prefetch', { 'sec-purpose': 'prefetch;prerender' }, 'GET'],
    ['a link prefetch of an older browser', { purpose: 'prefetch' }, 'GET'],
    ['a server action', {}, 'POST'],
    ['a look at the headers', {}, 'HEAD'],
  ])('is false of %s', (_name, headers: Record<string, string>, method) => {
    expect(opensPage({ method, headers: new Headers(headers) })).toBe(false);
  });
});
