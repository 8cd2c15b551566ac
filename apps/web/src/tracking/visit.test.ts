import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { browserVisitFrom, writeBrowserVisit } from './visit.ts';

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
