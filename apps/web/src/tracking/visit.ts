import { z } from 'zod';
import type { BrowserVisit } from './browser-visit.ts';

/** Names what one visitor does in one sitting; anonymous, forgotten after a silence of SESSION_SILENCE_SECONDS. */
export const SESSION_COOKIE = 'tm_session';

const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id a cookie carries; undefined for anything the proxy would not have written. */
export function sessionIdFrom(cookieValue: string | undefined): string | undefined {
  return cookieValue !== undefined && SESSION_ID.test(cookieValue) ? cookieValue : undefined;
}

/** Whether a request is a person opening a page, as opposed to a browser or a crawler getting ready for one. */
export function opensPage(request: { readonly method: string; readonly headers: Headers }): boolean {
  if (request.method !== 'GET') return false;
  // Speculation rules and <link rel=prefetch>; `purpose` and `x-moz` are what older browsers send.
  const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => request.headers.get(name) ?? '');
  return !purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose));
}

const name = z.string().regex(/^[\w.-]{1,100}$/);
/** As the browser client makes them. */
const randomId = z.string().regex(/^[\w-]{8,64}$/);
const browserVisit = z.object({
  visitorId: randomId,
  sessionId: randomId,
  campaignId: name.optional(),
  influencerId: name.optional(),
});

/** Null for anything the studio's pages would not have written. */
export function browserVisitFrom(cookieValue: string | undefined): BrowserVisit | null {
  const parsed = browserVisit.safeParse(Object.fromEntries(new URLSearchParams(cookieValue)));
  return parsed.success ? parsed.data : null;
}
