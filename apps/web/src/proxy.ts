import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { SESSION_SILENCE_SECONDS } from './tracking/browser-visit.ts';
import { SESSION_COOKIE, sessionIdFrom } from './tracking/visit.ts';

/** Runs before a page: gives the visitor a session, and sets the content security policy. */
export function proxy(request: NextRequest): NextResponse {
  const sessionId = sessionIdFrom(request.cookies.get(SESSION_COOKIE)?.value) ?? crypto.randomUUID();
  const policy = contentSecurityPolicy(crypto.randomUUID(), process.env.NODE_ENV === 'development');

  // The page of a first visit reads the cookie too, before the browser has it.
  request.cookies.set(SESSION_COOKIE, sessionId);
  const forwarded = new Headers(request.headers);
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
