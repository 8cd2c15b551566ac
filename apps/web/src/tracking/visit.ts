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

/** Where the visitor came from, without query and fragment: those may carry what nobody meant to share. */
export function referrerFrom(headers: Headers): string | undefined {
  const referrer = headers.get('referer');
  if (!referrer || !URL.canParse(referrer)) return undefined;
  const { protocol, origin, pathname } = new URL(referrer);
  return protocol === 'http:' || protocol === 'https:' ? `${origin}${pathname}`.slice(0, 2_000) : undefined;
}
