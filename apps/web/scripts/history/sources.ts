import type { Random } from './random.ts';

/** Where a visit comes from: what its link says, and which page it was on. */
export interface Source {
  readonly referrer?: string;
  /** Parameters of the landing page. */
  readonly link?: Readonly<Record<string, string>>;
  readonly campaignId?: string;
  readonly influencerId?: string;
  /** What a showing of the campaign cost, in cents, and how many there are for a visit. */
  readonly impression?: { readonly costCents: number; readonly aVisit: number };
}

const DIRECT: Source = {};
const SEARCH: Source = { referrer: 'https://www.google.com/' };
const OTHER_SEARCH: Source = { referrer: 'https://duckduckgo.com/' };
const REFERRALS: readonly Source[] = [
  { referrer: 'https://typejournal.example/fonts-of-the-month' },
  { referrer: 'https://harbourblog.example/' },
  { referrer: 'https://makers.example/resources' },
];
const NEWS: Source = { referrer: 'https://news.ycombinator.com/' };
const SOCIAL: Source = { referrer: 'https://www.reddit.com/' };

const campaign = (id: string, source: string, medium: string, content?: string) => ({
  campaignId: id,
  link: { utm_source: source, utm_medium: medium, utm_campaign: id, ...(content && { utm_content: content }) },
});

const NEWSLETTER: Source = campaign('field-notes', 'newsletter', 'email');
const PAID_SEARCH: Source = {
  ...campaign('license-search', 'google', 'cpc'),
  referrer: 'https://www.google.com/',
  impression: { costCents: 6.5, aVisit: 3 },
};
const INFLUENCERS: readonly Source[] = ['mara.lind', 'theo.park', 'studio-finch'].map((name, at) => ({
  ...campaign('night-market', 'instagram', 'social', name),
  referrer: 'https://l.instagram.com/',
  influencerId: name,
  impression: { costCents: [3.2, 2.1, 4.8][at] ?? 3, aVisit: 4 },
}));

/** A day as far as visits are concerned. */
export interface Day {
  readonly start: number;
  /** Before the end of the history. */
  readonly daysAgo: number;
  /** 0 is Sunday, in UTC. */
  readonly weekday: number;
}

/** The campaign with influencers ran for ten days. */
const NIGHT_MARKET = { from: 15, to: 6 };
const NEWSLETTER_WEEKDAY = 2;
export const NEWS_DAYS_AGO = 9;

/** Draws where a visit comes from. Whoever was here before mostly knows the address. */
export function sourceOf(random: Random, { daysAgo, weekday }: Day, returning: boolean): Source {
  const shared = daysAgo <= NIGHT_MARKET.from && daysAgo >= NIGHT_MARKET.to;
  return random.weighted<() => Source>([
    [() => DIRECT, returning ? 52 : 22],
    [() => SEARCH, returning ? 14 : 30],
    [() => OTHER_SEARCH, 4],
    [() => random.pick(REFERRALS, 1.6), 9],
    [() => SOCIAL, 5],
    [() => PAID_SEARCH, returning ? 3 : 11],
    [() => NEWSLETTER, weekday === NEWSLETTER_WEEKDAY ? (returning ? 34 : 8) : 3],
    [() => random.pick(INFLUENCERS, 1.4), shared ? 20 : 0],
    [() => NEWS, daysAgo === NEWS_DAYS_AGO ? 70 : 0],
  ])();
}
