import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies';
import { cookies, headers } from 'next/headers';
import { withClientAddress } from '../client-address.ts';
import { server } from '../server.ts';
import { boundedRequest } from './bounded-request.ts';

/** Answers a request to the auth endpoints. Everybody comes through here, so rate limits and hooks hold for all. */
export async function handleAuth(request: Request): Promise<Response> {
  const { auth, settings } = server();
  const bounded = await boundedRequest(request);
  if (!bounded)
    return Response.json({ message: 'The body is too large.' }, { status: 413, headers: { connection: 'close' } });
  return auth.handler(withClientAddress(bounded, settings.TRACKING_TRUSTED_PROXY_HOPS));
}

/** Calls an auth endpoint from a server action, for the visitor the action runs for, and hands on the cookies. */
export async function postToAuth(path: string, body: Readonly<Record<string, string>>): Promise<Response> {
  const { baseURL } = server().auth.options;
  const url = new URL(`/api/auth${path}`, baseURL);
  const sent = new Headers(await headers());
  for (const name of ['content-length', 'transfer-encoding', 'next-action']) sent.delete(name);
  sent.set('content-type', 'application/json');
  // Next compared the real Origin with the Host before it ran the action.
  sent.set('origin', url.origin);
  const response = await handleAuth(new Request(url, { method: 'POST', headers: sent, body: JSON.stringify(body) }));

  const store = await cookies();
  for (const header of response.headers.getSetCookie()) {
    for (const [name, cookie] of parseSetCookieHeader(header)) store.set(name, cookie.value, toCookieOptions(cookie));
  }
  return response;
}
