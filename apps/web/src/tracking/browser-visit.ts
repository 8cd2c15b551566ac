import type { Analytics } from '@tallymark/client/types';
import type { DemoPlan } from '@tallymark/contract/demo-plan';

// Browsers load this file: what reads the cookie again, with zod, is in `visit.ts`.

/** Written by the browser: the visit that its own events are in, so that server code puts its events there too. */
export const BROWSER_VISIT_COOKIE = 'tm_browser';
export const SESSION_SILENCE_SECONDS = 30 * 60;

export interface BrowserVisit {
  readonly visitorId: string;
  readonly sessionId: string;
  /** The campaign that brought the visitor, and who shared its link. */
  readonly campaignId?: string | undefined;
  readonly influencerId?: string | undefined;
}

export const writeBrowserVisit = (visit: BrowserVisit): string => new URLSearchParams({ ...visit }).toString();

/** The visit as server code is told of it. Null before the browser's first event, and where it may not track. */
export function browserVisitOf(analytics: Pick<Analytics<DemoPlan>, 'visit'>): BrowserVisit | null {
  const visit = analytics.visit();
  return visit && { visitorId: visit.visitorId, sessionId: visit.sessionId, ...campaignOf(visit.landingPage) };
}

/** The studio's links name the campaign in `utm_campaign` and who shared them in `utm_content`. */
function campaignOf(landingPage = ''): Pick<BrowserVisit, 'campaignId' | 'influencerId'> {
  if (!URL.canParse(landingPage)) return {};
  const { searchParams } = new URL(landingPage);
  const campaignId = searchParams.get('utm_campaign');
  const influencerId = searchParams.get('utm_content');
  return { ...(campaignId && { campaignId }), ...(campaignId && influencerId && { influencerId }) };
}
