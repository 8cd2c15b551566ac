import type { Channel } from '@tallymark/contract/attribution';
import { CLICK_IDS } from './click-ids.ts';
import { kindOfHost, kindOfSource } from './known-hosts.ts';
import { campaignOf, type EventTouch } from './traffic-source.ts';

export interface ChannelFacts {
  readonly channel: Channel;
  /** Host of the referrer, lower case, without "www.", international names as punycode; or an Android app's package. */
  readonly referrerDomain: string | null;
}

/** The longest name that DNS has. */
const HOST_LENGTH = 253;

const PAID_MEDIUM =
  /^(?:cp[acmlpv]|pp[cv]|paid.*|display|banners?|retargeting|remarketing|affiliates?|ads?|adwords|sponsored)$/;
const EMAIL = /(?:^|[^a-z])(?:e[-_ ]?mails?|newsletters?)(?:$|[^a-z])/;

/**
 * Which channel brought a visitor, by the default channel groups that web analytics tools have in common. Tags on the link
 * outrank the referrer, because somebody put them there on purpose. The first rule that holds:
 *
 * 1. `paid`: a medium of bought traffic (cpc, ppc, cpm, paid…, display, retargeting, affiliate, also as a part such as
 *    `social-paid`), or a click id that is only given to clicks on advertisements.
 * 2. `email`, `social`, `organic_search`, in this order: by the medium (email, newsletter; social…; organic) or a source
 *    of the kind; a social network's click id; else, when the source is not known either, by the referrer: webmail, a
 *    network, an engine.
 * 3. `internal`: no campaign, and the referrer is one of the site's hosts, below one, or the landing page's own host. Such
 *    a referrer is not looked up above: a site may well live at mail.example.
 * 4. `referral`: any other referrer, or a source that is not known.
 * 5. `direct`: nothing.
 *
 * `ownHosts` as people write them, with or without scheme, "www." and port.
 */
export function classifyChannel(touch: EventTouch, ownHosts: ReadonlySet<string>): ChannelFacts {
  const referrerDomain = hostOf(touch.referrer);
  const own = referrerDomain !== null && isOwn(referrerDomain, touch, ownHosts);
  return { channel: channelOf(touch, referrerDomain, own), referrerDomain };
}

function channelOf(touch: EventTouch, referrer: string | null, own: boolean): Channel {
  const clicks = Object.keys(touch.clickIds ?? {}).map((name) => CLICK_IDS.get(name.toLowerCase()));
  const medium = touch.utmMedium?.toLowerCase() ?? '';
  if (isPaid(medium) || clicks.includes('paid')) return 'paid';
  const tagged = kindOfTags(medium, touch.utmSource) ?? (clicks.includes('social') ? 'social' : null);
  if (tagged !== null) return tagged;
  if (own && campaignOf(touch) === null) return 'internal';
  const known = referrer !== null && !own ? kindOfHost(referrer) : null;
  if (known !== null) return known;
  return touch.utmSource !== null || referrer !== null || medium === 'referral' ? 'referral' : 'direct';
}

const parts = (medium: string) => [medium, ...medium.split(/[^a-z0-9]+/)];

const isPaid = (medium: string) => parts(medium).some((part) => PAID_MEDIUM.test(part));

function kindOfTags(medium: string, source: string | null) {
  const kind = source === null ? null : kindOfSource(source);
  if (kind === 'email' || EMAIL.test(medium) || EMAIL.test(source?.toLowerCase() ?? '')) return 'email';
  if (kind === 'social' || parts(medium).some((part) => part.startsWith('social') || part === 'sm')) return 'social';
  if (kind === 'organic_search' || parts(medium).includes('organic')) return 'organic_search';
  return null;
}

/** Null for what is no URL of a web page or an Android app. */
function hostOf(url: string | null): string | null {
  if (url === null || !/^(?:https?|android-app):\/\//i.test(url) || !URL.canParse(url)) return null;
  const host = plainHost(new URL(url).hostname);
  return host === '' || host.length > HOST_LENGTH ? null : host;
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '');
}

function isOwn(referrer: string, { landingPage }: EventTouch, ownHosts: ReadonlySet<string>): boolean {
  if (referrer === hostOf(landingPage)) return true;
  for (const written of ownHosts) {
    const host = hostOf(`https://${written.replace(/^https?:\/\//i, '')}`);
    if (host !== null && (referrer === host || referrer.endsWith(`.${host}`))) return true;
  }
  return false;
}
