import type { TrackingPlan } from '@tallymark/contract/plan';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { historyPlan } from './history-plan.ts';

const TYPES_OF_PLAN: TrackingPlan['types'] = historyPlan.types;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const EVENTS_OF_A_SESSION = 8;
const ENTITIES = 5_000;
const PAGES = 2_000;

/** What a visitor does, from the most to the least likely; what follows in the list is drawn by its rank. */
const TYPES = [
  'page_viewed',
  'asset_viewed',
  'scrolled',
  'element_viewed',
  'search_performed',
  'element_clicked',
  'asset_downloaded',
  'campaign_impression',
  'cart_item_added',
  'license_viewed',
  'license_created',
  'license_signed',
  'campaign_conversion',
  'form_submitted',
  'cta_clicked',
  'user_login',
  'element_liked',
  'profile_updated',
];
const ALL_TYPES = [...TYPES, ...Object.keys(historyPlan.types).filter((type) => !TYPES.includes(type))];

const SOURCES = [
  { channel: 'direct' },
  { channel: 'organic_search', referrer_domain: 'google.com' },
  { channel: 'referral', referrer_domain: 'blog.example' },
  { channel: 'social', referrer_domain: 'social.example' },
  { channel: 'email', utm_source: 'newsletter', utm_medium: 'email' },
  { channel: 'paid', utm_source: 'google', utm_medium: 'cpc' },
] as const;
const DEVICES = [
  { device_type: 'desktop', os: 'Windows', browser: 'Chrome' },
  { device_type: 'mobile', os: 'iOS', browser: 'Safari' },
  { device_type: 'mobile', os: 'Android', browser: 'Chrome' },
  { device_type: 'desktop', os: 'macOS', browser: 'Safari' },
  { device_type: 'desktop', os: 'Linux', browser: 'Firefox' },
] as const;

export const EVENT_COLUMNS = [
  'id',
  'tenant_id',
  'site_id',
  'event_type',
  'schema_version',
  'source',
  'service',
  'entity_type',
  'entity_id',
  'visitor_id',
  'session_id',
  'occurred_at',
  'received_at',
  'props_json',
  'count',
  'sampling_rate',
  'payload_hash',
] as const;
export const ATTRIBUTION_COLUMNS = [
  'event_id',
  'device_type',
  'os',
  'browser',
  'is_bot',
  'referrer_domain',
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'session_json',
] as const;

type Cell = string | number | null;
export interface HistoryEvent {
  readonly ms: number;
  /** Cells of EVENT_COLUMNS and of ATTRIBUTION_COLUMNS. */
  readonly event: readonly Cell[];
  readonly attribution: readonly Cell[];
}

export interface HistoryOptions {
  readonly events: number;
  readonly from: Date;
  readonly days: number;
  readonly visitors: number;
  readonly seed: number;
}

/**
 * A year of a busy site, a day at a time, each in the order of its events: visits of about eight events, a rhythm of day
 * and week, visitors, pages and entities by a power law, one visit in 25 by a bot, sampled scrolling. The same seed gives
 * the same history.
 */
export function* history({ events, from, days, visitors, seed }: HistoryOptions): Generator<readonly HistoryEvent[]> {
  const random = mulberry32(seed);
  const sessionsOfDay = Math.max(1, Math.round(events / days / EVENTS_OF_A_SESSION));
  let number = 0;
  for (let day = 0; day < days; day += 1) {
    const start = from.getTime() + day * DAY_MS;
    const weekend = [0, 6].includes(new Date(start).getUTCDay());
    const sessions = Math.round(sessionsOfDay * (weekend ? 0.7 : 1.12));
    const happened: HistoryEvent[] = [];
    for (let at = 0; at < sessions; at += 1) happened.push(...visit(random, start, visitors, number++));
    yield happened.sort((a, b) => a.ms - b.ms);
  }
}

function visit(random: () => number, day: number, visitors: number, number: number): HistoryEvent[] {
  const visitor = `visitor-${powerLaw(random, visitors, 1.6)}`;
  const source = pick(random, SOURCES);
  const device = pick(random, DEVICES);
  const campaign = 'utm_source' in source ? `campaign-${powerLaw(random, 40, 2)}` : null;
  const isBot = random() < 0.04;
  // Most of a day is its afternoon.
  const start = day + Math.floor(((random() + random() + random()) / 3) * (DAY_MS - 90 * MINUTE_MS));
  const length = 1 + Math.floor(-Math.log(1 - random()) * (EVENTS_OF_A_SESSION - 0.5));
  const happened: HistoryEvent[] = [];
  let ms = start;
  let session = '';
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const type = sequence === 1 ? 'page_viewed' : (ALL_TYPES[powerLaw(random, ALL_TYPES.length, 2.2)] ?? 'page_viewed');
    const id = uuidAt(random, ms);
    if (sequence === 1) session = id;
    const time = new Date(ms).toISOString();
    const about = entityOf(random, type);
    const sampled = type === 'scrolled' || type === 'mouse_moved';
    happened.push({
      ms,
      event: [
        id,
        DEFAULT_TENANT_ID,
        DEFAULT_SITE_ID,
        type,
        TYPES_OF_PLAN[type]?.version ?? 1,
        'web',
        'studio',
        about.type,
        about.id,
        visitor,
        `session-${number}`,
        time,
        time,
        propsOf(random, type, campaign),
        sampled ? 1 + Math.floor(random() * 9) : 1,
        sampled ? 10 : 100,
        `${number}-${sequence}`,
      ],
      attribution: [
        id,
        device.device_type,
        device.os,
        device.browser,
        isBot ? 't' : 'f',
        'referrer_domain' in source ? source.referrer_domain : null,
        source.channel,
        'utm_source' in source ? source.utm_source : null,
        'utm_medium' in source ? source.utm_medium : null,
        campaign,
        `{"id":"${session}","startedAt":"${new Date(start).toISOString()}","durationMs":${ms - start},"sequence":${sequence}}`,
      ],
    });
    ms += Math.floor(random() * 2 * MINUTE_MS);
  }
  return happened;
}

function entityOf(random: () => number, type: string): { readonly type: string | null; readonly id: string | null } {
  const entityType = TYPES_OF_PLAN[type]?.entityType;
  if (entityType === undefined) return { type: null, id: null };
  return { type: entityType, id: `${entityType}-${powerLaw(random, ENTITIES, 2)}` };
}

function propsOf(random: () => number, type: string, campaign: string | null): string {
  const of = `${campaign ?? 'campaign-0'}`;
  switch (type) {
    case 'page_viewed':
      return `{"path":"/page/${powerLaw(random, PAGES, 2.5)}","title":"Harbour at dawn, aerial"}`;
    case 'scrolled':
      return `{"path":"/page/${powerLaw(random, PAGES, 2.5)}","depth":0.${Math.floor(random() * 9) + 1}}`;
    case 'campaign_impression':
      return `{"campaignId":"${of}","influencerId":"influencer-${powerLaw(random, 30, 2)}","costCents":2}`;
    case 'element_clicked':
      return `{"targetElementId":"hero","targetElementType":"image","campaignId":"${of}"}`;
    case 'campaign_conversion':
      return `{"campaignId":"${of}","influencerId":"influencer-${powerLaw(random, 30, 2)}","value":${Math.floor(random() * 5_000)}}`;
    case 'license_created':
      return `{"assetId":"asset-${powerLaw(random, ENTITIES, 2)}","feeCents":${500 + Math.floor(random() * 20_000)}}`;
    default:
      return `{"position":${Math.floor(random() * 100)}}`;
  }
}

/** From 0 up to but not including `size`; the higher the exponent, the more often the first ones. */
const powerLaw = (random: () => number, size: number, exponent: number) => Math.floor(size * random() ** exponent);

function pick<Item>(random: () => number, items: readonly [Item, ...Item[]] | readonly Item[]): Item {
  return items[powerLaw(random, items.length, 1.7)] as Item;
}

function uuidAt(random: () => number, ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
}

/** A small generator of numbers that a seed determines. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
