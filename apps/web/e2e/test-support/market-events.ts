import { uuidV7 } from '@tallymark/prisma/uuid-v7';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const BROWSER =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const VISITORS = 60;
const CAMPAIGNS = ['autumn-portraits', 'city-lights', 'newsletter-41'];
/** Some are named more often than others. */
const CAMPAIGN_OF = [0, 0, 1, 0, 2] as const;
const ASSET_OF = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4] as const;
const INFLUENCERS = ['ada', 'bob', null];
const COST_CENTS = 12;
const FEE_CENTS = 4_900;

const ASSET_TITLES = ['Harbour at Dawn', 'Copper Roofs', 'The Long Stairs', 'Salt Flats', 'Night Market'];
const assetId = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const ASSETS = new Map(ASSET_TITLES.map((title, n) => [assetId(n), title]));

/** Ten days of campaigns that lead to assets, and of assets that lead to licenses; some of it sampled. */
export function marketEvents(now: Date) {
  return Array.from({ length: VISITORS }, (_, n) =>
    visitOf(n, now.getTime() - (n % 10) * DAY_MS - (n + 8) * MINUTE_MS),
  ).flat();
}

function visitOf(n: number, begin: number) {
  let minute = 0;
  const row = (eventType: string, propsJson: Record<string, string | number>, more: object = {}) => {
    minute += 0.5;
    const occurredAt = new Date(begin + minute * MINUTE_MS);
    const about = { id: uuidV7(occurredAt.getTime()), occurredAt, receivedAt: occurredAt, createdAt: occurredAt };
    return {
      ...about,
      eventType,
      schemaVersion: eventType === 'page_viewed' ? 2 : 1,
      visitorId: `visitor-${n}`,
      sessionId: `session-${n}`,
      userAgent: BROWSER,
      propsJson,
      ...more,
    };
  };
  const influencer = INFLUENCERS[n % INFLUENCERS.length];
  const part = {
    campaignId: CAMPAIGNS[CAMPAIGN_OF[n % CAMPAIGN_OF.length] ?? 0] ?? '',
    ...(influencer && { influencerId: influencer }),
  };
  // Of every other visitor one impression in two was kept.
  const sampled = { samplingRate: n % 2 === 0 ? 50 : 100 };
  const asset = { entityType: 'asset', entityId: assetId(ASSET_OF[n % ASSET_OF.length] ?? 0) };
  const license = { entityType: 'license', entityId: assetId(1_000 + n) };
  return [
    row('campaign_impression', { ...part, costCents: COST_CENTS }, sampled),
    row('campaign_impression', { ...part, costCents: COST_CENTS }, sampled),
    ...(n % 3 === 0
      ? [row('element_clicked', { ...part, targetElementId: 'banner', targetElementType: 'banner' })]
      : []),
    row('page_viewed', { path: '/' }),
    row('asset_viewed', {}, asset),
    ...(n % 2 === 0 ? [row('asset_viewed', { view_duration_ms: 900 }, asset)] : []),
    ...(n % 4 === 0 ? [row('asset_downloaded', { format: 'jpeg' }, asset)] : []),
    ...(n % 6 === 0
      ? [
          row('license_created', { assetId: asset.entityId, feeCents: FEE_CENTS }, license),
          row('campaign_conversion', { ...part, value: FEE_CENTS }),
        ]
      : []),
  ];
}
