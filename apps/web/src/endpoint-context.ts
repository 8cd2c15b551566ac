import type { RequestContext } from '@tallymark/contract/request-context';
import { getSessionCookie } from 'better-auth/cookies';
import { COOKIE_PREFIX } from './auth/create-auth.ts';
import { requestContextOf } from './client-address.ts';
import { server } from './server.ts';

/** The context of an API request. Most senders are not signed in: only a session cookie is worth asking Postgres. */
export async function endpointContext(request: Request): Promise<RequestContext> {
  const { auth, settings } = server();
  const { headers } = request;
  const signedIn = getSessionCookie(request, { cookiePrefix: COOKIE_PREFIX })
    ? await auth.api.getSession({ headers: new Headers({ cookie: headers.get('cookie') ?? '' }) })
    : null;
  const session = signedIn ? { userId: signedIn.user.id, role: signedIn.user.role } : null;
  return requestContextOf({ headers, session, trustedProxyHops: settings.TRACKING_TRUSTED_PROXY_HOPS });
}
