import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { opensPage, SESSION_COOKIE, SESSION_SILENCE_SECONDS, sessionIdFrom, VIEW_HEADER } from './tracking/visit.ts';

/** Runs before a page: gives the visitor a session, marks real views, and sets the content security policy. */
export function proxy(request: NextRequest): NextResponse {
  const sessionId = sessionIdFrom(request.cookies.get(SESSION_COOKIE)?.value) ?? crypto.randomUUID();
  const policy = contentSecurityPolicy(crypto.randomUUID(), process.env.NODE_ENV === 'development');

  // The page of a first visit reads the cookie too, before the browser has it.
  request.cookies.set(SESSION_COOKIE, sessionId);
  const forwarded = new Headers(request.headers);
  forwarded.delete(VIEW_HEADER);
  if (opensPage(request)) forwarded.set(VIEW_HEADER, '1');
  // Next takes the nonce for its own scripts from here.
  forwarded.set('content-security-policy', policy);

  const response = NextResponse.next({ request: { headers: forwarded } });
  response.headers.set('content-security-policy', policy);
  response.cookies.set(SESSION_COOKIE, sessionId, {
    maxAge: SESSION_SILENCE_SECONDS,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.nextUrl.protocol === 'https:',
  });
  return response;
}

export const config = {
  matcher: [
    {
      source: '/((?!api/|_next/|favicon.ico|icon.svg).*)',
      // The router's prefetches show nothing to anybody. Only the matcher sees this header: `proxy` gets it stripped.
      missing: [{ type: 'header', key: 'next-router-prefetch' }],
    },
  ],
};
