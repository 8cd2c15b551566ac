export const UNPROVEN_ACTOR = ['reject', 'leave_out'] as const;
export type UnprovenActor = (typeof UNPROVEN_ACTOR)[number];

/** Who sends, and from where. Built by the server from the request; nothing in it comes from an event. */
export interface RequestContext {
  readonly session?: { readonly userId: string; readonly role: string } | null;
  readonly tenantId?: string | null;
  readonly siteId?: string | null;
  /** Public key of the site, as a browser sends it; the site is the key's then. */
  readonly siteKey?: string | null;
  /** Where the page that sends comes from, as the browser says it: `https://shop.example`. */
  readonly origin?: string | null;
  /** What the browser says of the page that sends: `cross-site`, `same-site`; null for what is no browser. */
  readonly fetchSite?: string | null;
  /** A visitor id of the host's own; without one it is derived from address and user agent, new each day. */
  readonly visitorId?: string | null;
  readonly userAgent?: string | null;
  /** User-agent client hints as sent: header name to value. */
  readonly clientHints?: Readonly<Record<string, string>> | null;
  /** The client's address behind trusted proxies. Only a salted hash of it is stored. */
  readonly ipAddress?: string | null;
  readonly correlationId?: string | null;
  /** The tracking client that sends, as its `x-tallymark-client` header names it: `web/1.2.0`. */
  readonly clientVersion?: string | null;
  /**
   * What becomes of an event whose `actorId` is not the signed-in user: it is rejected, or stored as its visitor's, with no
   * actor at all. Default `reject`.
   */
  readonly unprovenActor?: UnprovenActor;
  /** Imported history that retention leaves alone. Never set from a public request. */
  readonly retentionExempt?: boolean;
}
