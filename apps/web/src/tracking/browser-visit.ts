import { STUDIO_SITE_KEY } from './site-key.ts';
import type { BrowserVisit } from './visit.ts';

/** What the browser client keeps on the device under its site key. Null before its first event, and where it may not track. */
export function readBrowserVisit(): BrowserVisit | null {
  try {
    const kept = (name: string) => localStorage.getItem(`tallymark ${STUDIO_SITE_KEY} ${name}`);
    const visitorId = kept('visitor');
    const visit: unknown = JSON.parse(kept('visit') ?? 'null');
    if (!visitorId || typeof visit !== 'object' || visit === null) return null;
    const { sessionId, touch } = visit as { sessionId?: unknown; touch?: { landingPage?: unknown } };
    if (typeof sessionId !== 'string') return null;
    return { visitorId, sessionId, ...campaignOf(touch?.landingPage) };
  } catch {
    // Storage denied: the browser's events and the server's stay apart.
    return null;
  }
}

/** The studio's links name the campaign in `utm_campaign` and who shared them in `utm_content`. */
function campaignOf(landingPage: unknown): Pick<BrowserVisit, 'campaignId' | 'influencerId'> {
  if (typeof landingPage !== 'string' || !URL.canParse(landingPage)) return {};
  const { searchParams } = new URL(landingPage);
  const campaignId = searchParams.get('utm_campaign');
  const influencerId = searchParams.get('utm_content');
  return { ...(campaignId && { campaignId }), ...(campaignId && influencerId && { influencerId }) };
}
