import { requestContextOf } from '@tallymark/next/peer-address';
import { cookies, headers } from 'next/headers';
import { currentUser } from '../auth/current-user.ts';
import { server } from '../server.ts';
import type { Visit } from '../studio/visit.ts';
import { BROWSER_VISIT_COOKIE } from './browser-visit.ts';
import { browserVisitFrom, SESSION_COOKIE, sessionIdFrom } from './visit.ts';

/** The visit that the current request is part of: the browser's own where it tracks, else the server's. */
export async function visitOfRequest(): Promise<Visit> {
  const [requestHeaders, store, user] = await Promise.all([headers(), cookies(), currentUser()]);
  const browser = browserVisitFrom(store.get(BROWSER_VISIT_COOKIE)?.value);
  const sessionId = browser?.sessionId ?? sessionIdFrom(store.get(SESSION_COOKIE)?.value);
  const context = requestContextOf({
    headers: requestHeaders,
    session: user && { userId: user.id, role: user.role },
    trustedProxyHops: server().settings.TRACKING_TRUSTED_PROXY_HOPS,
  });
  return {
    userId: user?.id ?? null,
    event: { sessionId },
    context: browser ? { ...context, visitorId: browser.visitorId } : context,
    ...(browser?.campaignId && { campaignId: browser.campaignId }),
    ...(browser?.influencerId && { influencerId: browser.influencerId }),
  };
}
