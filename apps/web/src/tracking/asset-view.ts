import { AssetEventHelpers } from '@tallymark/analytics/helpers/asset';
import { cookies, headers } from 'next/headers';
import { currentUser } from '../auth/current-user.ts';
import { requestContextOf } from '../client-address.ts';
import { server } from '../server.ts';
import { referrerFrom, SESSION_COOKIE, sessionIdFrom, VIEW_HEADER } from './visit.ts';

/** Tracks that the current request shows an asset to somebody. Does nothing for a prefetch. */
export async function trackAssetView(assetId: string): Promise<void> {
  const requestHeaders = await headers();
  if (requestHeaders.get(VIEW_HEADER) !== '1') return;
  const [store, user] = await Promise.all([cookies(), currentUser()]);
  const { settings, trackLater } = server();
  // Made now, so that the event carries the time of the view.
  const event = AssetEventHelpers.trackAssetView(
    assetId,
    { referrer: referrerFrom(requestHeaders) },
    { sessionId: sessionIdFrom(store.get(SESSION_COOKIE)?.value) },
  );
  const context = requestContextOf({
    headers: requestHeaders,
    session: user && { userId: user.id, role: user.role },
    trustedProxyHops: settings.TRACKING_TRUSTED_PROXY_HOPS,
  });
  trackLater(() => event, context);
}
