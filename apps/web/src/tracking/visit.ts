import { z } from 'zod';

/** Names what one visitor does in one sitting; anonymous, forgotten after a silence of SESSION_SILENCE_SECONDS. */
export const SESSION_COOKIE = 'tm_session';
export const SESSION_SILENCE_SECONDS = 30 * 60;

/**
 * Set by the proxy on requests that show a page to somebody. Pages cannot tell by themselves: Next hides its own prefetch
 * headers from `headers()`.
 */
export const VIEW_HEADER = 'x-tallymark-view';

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

/** Written by the browser: the visit that its own events are in, so that server code puts its events there too. */
export const BROWSER_VISIT_COOKIE = 'tm_browser';

const name = z.string().regex(/^[\w.-]{1,100}$/);
/** As the browser client makes them. */
const randomId = z.string().regex(/^[\w-]{8,64}$/);
const browserVisit = z.object({
  visitorId: randomId,
  sessionId: randomId,
  /** The campaign that brought the visitor, and who shared its link. */
  campaignId: name.optional(),
  influencerId: name.optional(),
});
export type BrowserVisit = z.infer<typeof browserVisit>;

export const writeBrowserVisit = (visit: BrowserVisit): string => new URLSearchParams(visit).toString();

/** Null for anything the studio's pages would not have written. */
export function browserVisitFrom(cookieValue: string | undefined): BrowserVisit | null {
  const parsed = browserVisit.safeParse(Object.fromEntries(new URLSearchParams(cookieValue)));
  return parsed.success ? parsed.data : null;
}
