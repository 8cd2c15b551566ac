import { type RequestFacts, requestContextFrom } from '@tallymark/analytics/http/request-context';
import type { RequestContext } from '@tallymark/contract/request-context';

/** Address of the connection's other end, `;`, and a seal. The server writes it (`open-requests.ts`); no client can. */
export const PEER_HEADER = 'x-tallymark-peer';

/** Who sends, and from where, for the events of this request. */
export function requestContextOf(facts: Omit<RequestFacts, 'peerAddress'>): RequestContext {
  return requestContextFrom({ ...facts, peerAddress: peerAddressOf(facts.headers) });
}

/** Null where nobody watches the requests of this process. */
export function peerAddressOf(headers: RequestFacts['headers']): string | null {
  return headers.get(PEER_HEADER)?.split(';')[0] || null;
}
