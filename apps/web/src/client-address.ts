import { clientAddress, requestContextFrom } from '@tallymark/analytics/http/request-context';
import type { RequestContext } from '@tallymark/contract/request-context';

/** Address of the connection's other end, `;`, and a seal. The server writes it (`open-requests.ts`); no client can. */
export const PEER_HEADER = 'x-tallymark-peer';
/** The client's address, as far as the configured proxies can be believed. Set for the auth library alone. */
export const CLIENT_ADDRESS_HEADER = 'x-tallymark-client-address';

interface Facts {
  readonly headers: { get(name: string): string | null };
  readonly session: { readonly userId: string; readonly role: string } | null;
  readonly trustedProxyHops: number;
  readonly url?: string;
}

/** Who sends, and from where, for the events of this request. */
export function requestContextOf(facts: Facts): RequestContext {
  return requestContextFrom({ ...facts, peerAddress: peerAddressOf(facts.headers) });
}

/** The same request, naming the client's address under CLIENT_ADDRESS_HEADER and nowhere else. */
export function withClientAddress(request: Request, trustedProxyHops: number): Request {
  const headers = new Headers(request.headers);
  const address = clientAddress(headers.get('x-forwarded-for'), trustedProxyHops, peerAddressOf(headers));
  if (address) headers.set(CLIENT_ADDRESS_HEADER, address);
  else headers.delete(CLIENT_ADDRESS_HEADER);
  return new Request(request, { headers });
}

function peerAddressOf(headers: Facts['headers']): string | null {
  return headers.get(PEER_HEADER)?.split(';')[0] || null;
}
