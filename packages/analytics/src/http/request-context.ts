import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { LIMITS } from '@tallymark/contract/limits';
import type { RequestContext } from '@tallymark/contract/request-context';

export const CORRELATION_HEADER = 'x-correlation-id';
export const TENANT_HEADER = 'x-tallymark-tenant';
export const SITE_HEADER = 'x-tallymark-site';
/** Of the address, not a header: a header would need a preflight of its own, and beacons have none. */
export const SITE_PARAMETER = 'site';
export const CLIENT_HEADER = 'x-tallymark-client';

export interface RequestFacts {
  readonly headers: { get(name: string): string | null };
  readonly session: { readonly userId: string; readonly role: string } | null;
  /** Proxies in front of the server whose word on the client's address is taken. */
  readonly trustedProxyHops: number;
  /** The peer of the connection, where the server tells it. */
  readonly peerAddress?: string | null;
  /** Whole address of the request. Its `site` parameter is the key of a site, so that it is known before a body is read. */
  readonly url?: string;
}

/** Who sends, and from where, as far as the request can be believed. */
export function requestContextFrom({
  headers,
  session,
  trustedProxyHops,
  peerAddress,
  url,
}: RequestFacts): RequestContext {
  return {
    session,
    tenantId: headers.get(TENANT_HEADER),
    siteId: headers.get(SITE_HEADER),
    siteKey: siteKeyOf(url),
    origin: headers.get('origin'),
    fetchSite: headers.get('sec-fetch-site'),
    userAgent: storable(headers.get('user-agent'), LIMITS.userAgentLength),
    clientHints: clientHints(headers),
    ipAddress: clientAddress(headers.get('x-forwarded-for'), trustedProxyHops, peerAddress ?? null),
    correlationId: correlationId(headers.get(CORRELATION_HEADER)),
    clientVersion: clientVersion(headers.get(CLIENT_HEADER)),
  };
}

/**
 * Each proxy appends the peer it saw to `x-forwarded-for`, so with n trusted proxies the n-th entry from the right is the
 * client as the outermost of them saw it. Everything left of that is the client's own claim and is ignored.
 */
export function clientAddress(forwardedFor: string | null, trustedHops: number, peer: string | null): string | null {
  if (trustedHops === 0) return peer;
  const entries = forwardedFor?.split(',').map((entry) => entry.trim()) ?? [];
  const address = entries.at(-trustedHops);
  return address !== undefined && isIP(address) !== 0 ? address : peer;
}

/** Most requests have none, and an address costs more to take apart than to look at. */
function siteKeyOf(url: string | undefined): string | null {
  return url?.includes(`${SITE_PARAMETER}=`) ? new URL(url).searchParams.get(SITE_PARAMETER) : null;
}

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** The caller's correlation id where it is fit for a log line, else a new one. */
function correlationId(header: string | null): string {
  return header !== null && CORRELATION_ID.test(header) ? header : randomUUID();
}

const CLIENT_VERSION = /^[A-Za-z0-9._/+-]{1,50}$/;

const clientVersion = (header: string | null) => (header !== null && CLIENT_VERSION.test(header) ? header : null);

const CLIENT_HINTS = [
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-ch-ua-model',
  'sec-ch-ua-full-version-list',
];

function clientHints(headers: RequestFacts['headers']): Record<string, string> | null {
  const sent = CLIENT_HINTS.flatMap((name) => {
    const value = storable(headers.get(name), LIMITS.clientHintLength);
    return value ? [[name, value] as const] : [];
  });
  return sent.length > 0 ? Object.fromEntries(sent) : null;
}

/** A header as text that Postgres can hold. */
function storable(value: string | null, length: number): string | null {
  return value ? value.slice(0, length).toWellFormed().replaceAll('\0', '') : null;
}
