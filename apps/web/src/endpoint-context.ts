import { IngestError } from '@tallymark/contract/errors';
import type { RequestContext } from '@tallymark/contract/request-context';
import { requestContextOf } from '@tallymark/next/peer-address';
import { getSessionCookie } from 'better-auth/cookies';
import { COOKIE_PREFIX } from './auth/create-auth.ts';
import { server } from './server.ts';

const RETRY_AFTER_SECONDS = 2;

/** The context of an API request. Most senders are not signed in: only a session cookie is worth asking Postgres. */
export async function endpointContext(request: Request): Promise<RequestContext> {
  const { settings } = server();
  const { headers, url } = request;
  const signedIn = getSessionCookie(request, { cookiePrefix: COOKIE_PREFIX }) ? await sessionOf(headers) : null;
  const session = signedIn ? { userId: signedIn.user.id, role: signedIn.user.role } : null;
  return requestContextOf({ headers, url, session, trustedProxyHops: settings.TRACKING_TRUSTED_PROXY_HOPS });
}

/** @throws IngestError while Postgres is away: who is signed in must not pass for a stranger meanwhile. */
async function sessionOf(headers: Request['headers']) {
  try {
    return await server().auth.api.getSession({ headers: new Headers({ cookie: headers.get('cookie') ?? '' }) });
  } catch (error) {
    throw new IngestError('stores_unavailable', RETRY_AFTER_SECONDS, { cause: error });
  }
}
