import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import fc from 'fast-check';
import { NOW } from './ingestion-world.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const CRAWLER = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

/** Milliseconds after `NOW`: ties, silences of half an hour, borders of quarters. */
const CLOSE = [...[0, 0, 1, 1, 2, 5, 14, 15, 29, 31, 62].map((minutes) => minutes * MINUTE_MS), 1];
/** The same: a midnight, the end of a month, 90 days before, each and a little earlier. */
const FAR = [-0.5, -14.5, -90].flatMap((days) => [days * DAY_MS, days * DAY_MS - 1]);
/** Months that events fall in. */
export const HISTORY_MONTHS = [0, 14.5, 31, 46, 76, 91].map((days) => new Date(NOW.getTime() - days * DAY_MS));

const view = (schemaVersion: number, propsJson: object) => ({ eventType: 'page_viewed', schemaVersion, propsJson });
const campaign = (eventType: string, props: object) => ({
  eventType,
  entityType: 'campaign',
  entityId: 'c1',
  propsJson: props,
});

const KINDS = [
  view(2, { path: '/a' }),
  view(2, { path: '/b' }),
  view(2, { path: '/c?utm_source=ads&utm_campaign=autumn' }),
  view(1, { url: '/old' }),
  { eventType: 'asset_viewed', entityType: 'asset', entityId: 'one', propsJson: {} },
  { eventType: 'scrolled', propsJson: { path: '/a', depth: 0.5 } },
  { eventType: 'license_created', entityType: 'license', entityId: 'two', propsJson: { assetId: 'x', feeCents: 250 } },
  { eventType: 'license_signed', entityType: 'license', entityId: 'two', propsJson: {} },
  campaign('campaign_impression', { campaignId: 'c1', influencerId: 'i1', costCents: 0.5 }),
  campaign('campaign_conversion', { campaignId: 'c2', value: 900 }),
  { eventType: 'element_clicked', propsJson: { targetElementId: 'x', targetElementType: 'y', campaignId: 'c1' } },
] as const;

const TOUCHES = [
  {},
  {},
  { touchJson: { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring' } },
  { touchJson: { utmSource: 'ads', utmCampaign: 'autumn' } },
  { touchJson: { language: 'en-GB' } },
  { touchJson: { language: 'pt', timeZone: 'Europe/Lisbon' } },
] as const;

/** An event, without what makes it one of a run. */
export const historyEvent = fc.record({
  at: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...CLOSE) }, { weight: 1, arbitrary: fc.constantFrom(...FAR) }),
  kind: fc.constantFrom(...KINDS),
  touch: fc.constantFrom(...TOUCHES),
  site: fc.constantFrom(0, 0, 0, 0, 1),
  visitor: fc.constantFrom('anna', 'anna', 'ben', null),
  session: fc.constantFrom('one', 'one', 'two', null),
  userAgent: fc.constantFrom(PHONE, PHONE, CRAWLER, null),
  service: fc.constantFrom('studio', null),
  samplingRate: fc.constantFrom(100, 100, 50, 10),
  count: fc.constantFrom(1, 1, 3),
});
export type HistoryEvent = typeof historyEvent extends fc.Arbitrary<infer Event> ? Event : never;

/** The row of an event on one of the sites of a run. */
export function historyRow(event: HistoryEvent, sites: readonly string[]) {
  const { at, kind, touch, site, visitor, session, userAgent, service, samplingRate, count } = event;
  const occurredAt = new Date(NOW.getTime() + at);
  return {
    id: uuidV7(occurredAt.getTime()),
    siteId: sites[site] ?? '',
    occurredAt,
    ...kind,
    ...touch,
    visitorId: visitor,
    sessionId: session,
    userAgent,
    service,
    samplingRate,
    count,
  };
}
