import { randomUUID } from 'node:crypto';
import { type RequestFacts, requestContextFrom } from '@tallymark/analytics/http/request-context';
import type { RequestContext } from '@tallymark/contract/request-context';

/** Address of the connection's other end, `;`, and a seal. The server writes it (`open-requests.ts`); no client can. */
export const PEER_HEADER = 'x-tallymark-peer';

/** Who sends, and from where, for the events of this request. */
export function requestContextOf(facts: Omit<RequestFacts, 'peerAddress'>): RequestContext {
  return requestContextFrom({ ...facts, peerAddress: peerAddressOf(facts.headers) });
}

/** A bundler may hold this module twice, as Next.js does; the seal is one. */
const held = globalThis as { tallymarkPeerSeal?: string };

/** Ends the peer header of this process. No client learns it, so a header that ends with it was written here. */
export function peerSeal(): string {
  held.tallymarkPeerSeal ??= `;${randomUUID()}`;
  return held.tallymarkPeerSeal;
}

/** Null where nobody watches the requests of this process: what a client writes there is not believed. */
export function peerAddressOf(headers: RequestFacts['headers']): string | null {
  const written = headers.get(PEER_HEADER);
  return written?.endsWith(peerSeal()) ? written.slice(0, -peerSeal().length) || null : null;
}
