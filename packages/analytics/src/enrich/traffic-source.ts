import { boundedText } from './bounded-text.ts';
import { CLICK_IDS } from './click-ids.ts';

/** Where one event says that its visitor came from. Null for what it does not say. */
export interface EventTouch {
  readonly utmSource: string | null;
  readonly utmMedium: string | null;
  readonly utmCampaign: string | null;
  readonly utmContent: string | null;
  readonly utmTerm: string | null;
  /** By name, the known ones in lower case; null when there is none. */
  readonly clickIds: Readonly<Record<string, string>> | null;
  readonly referrer: string | null;
  /** A URL, or a path where the event knows no more. */
  readonly landingPage: string | null;
}

export interface TouchFacts {
  /** The event's `touch_json`, as its caller sent it. */
  readonly touch: Readonly<Record<string, unknown>> | null;
  /** `props.path`, `props.url` and `props.referrer`. */
  readonly path: string | null;
  readonly url: string | null;
  readonly referrer: string | null;
}

const UTM_LENGTH = 200;
const URL_LENGTH = 2_048;
const CLICK_ID_LENGTH = 500;
const MOST_CLICK_IDS = 20;

const UTM = {
  utmSource: 'utm_source',
  utmMedium: 'utm_medium',
  utmCampaign: 'utm_campaign',
  utmContent: 'utm_content',
  utmTerm: 'utm_term',
} as const;
type Utm = Pick<EventTouch, keyof typeof UTM>;
const UTM_FIELDS = Object.keys(UTM) as (keyof Utm)[];

/** UTM parameters and click ids from one place: what the caller sent, or the query of one URL. */
interface Tags {
  readonly utm: Partial<Utm>;
  readonly clickIds: ReadonlyMap<string, string>;
}

/**
 * Reads the touch of an event. What the caller sent comes first; the queries of the landing page, of the URL and of the
 * path fill its gaps, each unless it contradicts what is known by then: the tags of two campaigns are never mixed. Never
 * throws; everything is cut to what can be stored (UTM 200 characters, URLs 2,048, click ids 500 and 20 of them).
 */
export function readTouch({ touch, path, url, referrer }: TouchFacts): EventTouch {
  const landingPage = boundedText(touch?.landingPage, URL_LENGTH);
  const places = [landingPage, boundedText(url, URL_LENGTH), boundedText(path, URL_LENGTH)];
  const { utm, clickIds } = [sentTags(touch), ...places.map(tagsInQuery)].reduce(filled);
  return {
    utmSource: utm.utmSource ?? null,
    utmMedium: utm.utmMedium ?? null,
    utmCampaign: utm.utmCampaign ?? null,
    utmContent: utm.utmContent ?? null,
    utmTerm: utm.utmTerm ?? null,
    clickIds: clickIds.size === 0 ? null : Object.fromEntries([...clickIds].slice(0, MOST_CLICK_IDS)),
    referrer: boundedText(touch?.referrer, URL_LENGTH) ?? boundedText(referrer, URL_LENGTH),
    landingPage: places.find((place) => place !== null) ?? null,
  };
}

/** What makes a campaign of its own. */
export interface Campaign {
  readonly source: string | null;
  readonly medium: string | null;
  readonly campaign: string | null;
  readonly clickIds: EventTouch['clickIds'];
}

/** The campaign that a touch belongs to; null for a touch of none. */
export function campaignOf({ utmSource, utmMedium, utmCampaign, clickIds }: EventTouch): Campaign | null {
  if (utmSource === null && utmMedium === null && utmCampaign === null && clickIds === null) return null;
  return { source: utmSource, medium: utmMedium, campaign: utmCampaign, clickIds };
}

/**
 * Whether `next` comes from another campaign than the session, whose touch is `current`: something it says of its
 * campaign differs from what the session knows, or is new to it. Saying less, or nothing, changes nothing.
 */
export function changesCampaign(current: EventTouch, next: EventTouch): boolean {
  const differs = (field: 'utmSource' | 'utmMedium' | 'utmCampaign') =>
    next[field] !== null && next[field] !== current[field];
  if (differs('utmSource') || differs('utmMedium') || differs('utmCampaign')) return true;
  const known = new Map(Object.entries(current.clickIds ?? {}));
  return Object.entries(next.clickIds ?? {}).some(([name, id]) => known.get(name) !== id);
}

function sentTags(touch: TouchFacts['touch']): Tags {
  const clickIds = touch?.clickIds;
  return tagsOf(
    (field) => touch?.[field],
    typeof clickIds === 'object' && clickIds !== null ? Object.entries(clickIds) : [],
  );
}

/** What most URLs say; the parsing of the others is what a touch costs. */
const NO_TAGS: Tags = { utm: {}, clickIds: new Map() };

/** URLSearchParams never throws: what is no UTF-8 becomes U+FFFD. NUL and the like are taken out with the bounds. */
function tagsInQuery(url: string | null): Tags {
  const query = /\?([^#]*)/.exec(url ?? '')?.[1] ?? '';
  if (query === '') return NO_TAGS;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    // Links copied out of HTML come with "&amp;" in front of their parameters.
    const plain = name.toLowerCase().replace(/^amp;/, '');
    if (!parameters.has(plain)) parameters.set(plain, value);
  }
  return tagsOf(
    (field) => parameters.get(UTM[field]),
    [...parameters].filter(([name]) => CLICK_IDS.has(name)),
  );
}

function tagsOf(utmOf: (field: keyof Utm) => unknown, clickIds: readonly (readonly [string, unknown])[]): Tags {
  const utm = UTM_FIELDS.flatMap((field) => {
    const value = boundedText(utmOf(field), UTM_LENGTH);
    return value === null ? [] : [[field, value] as const];
  });
  const ids = clickIds.flatMap(([name, sent]) => {
    const id = boundedText(sent, CLICK_ID_LENGTH);
    return id === null || !CLICK_ID_NAME.test(name) ? [] : [[knownName(name), id] as const];
  });
  return { utm: Object.fromEntries(utm), clickIds: new Map(ids) };
}

const CLICK_ID_NAME = /^[a-z][\w.-]{0,99}$/i;

function knownName(name: string): string {
  const lower = name.toLowerCase();
  return CLICK_IDS.has(lower) ? lower : name;
}

function filled(known: Tags, next: Tags): Tags {
  if (next === NO_TAGS) return known;
  const contradicts =
    UTM_FIELDS.some((field) => isOther(known.utm[field], next.utm[field])) ||
    [...next.clickIds].some(([name, id]) => isOther(known.clickIds.get(name), id));
  if (contradicts) return known;
  return { utm: { ...next.utm, ...known.utm }, clickIds: new Map([...known.clickIds, ...next.clickIds]) };
}

const isOther = (known: string | null | undefined, next: string | null | undefined) =>
  known != null && next != null && known !== next;
