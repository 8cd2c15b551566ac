import type { Receipt } from '@tallymark/contract/receipt';
import { retryAfterMs } from './retry-after.ts';

/** What became of a request. */
export type Sent =
  | { readonly kind: 'receipts'; readonly receipts: readonly Receipt[] }
  /** Not now: the server or the network is away. */
  | { readonly kind: 'later'; readonly retryAfterMs: number | null; readonly error: unknown }
  /** This request in no case: too large, or not understood. */
  | { readonly kind: 'refused'; readonly status: number };

export interface Transport {
  send(body: string): Promise<Sent>;
  /** The server's clock, in ms. @throws when it does not answer. */
  now(): Promise<number>;
  /** Hands over what the page leaves behind; nobody hears of the answer. */
  leave(body: string): void;
}

const TIMEOUT_MS = 20_000;
const TYPE = 'application/json';
const REFUSALS: readonly number[] = [400, 413, 422];

/** A tRPC batch of one call over HTTP, as `httpBatchLink` with superjson writes it. */
export function trpcTransport(url: string, router: string, siteKey: string): Transport {
  const path = (procedure: string) => `${url}/${router}.${procedure}?batch=1&site=${encodeURIComponent(siteKey)}`;
  const post = (body: string, more: RequestInit) =>
    fetch(path('trackBatch'), { method: 'POST', headers: { 'content-type': TYPE }, body, ...more });
  return {
    send: async (body) => {
      try {
        // A page that nobody sees any more may be gone before the answer.
        const keepalive = document.visibilityState === 'hidden';
        const response = await post(body, { keepalive, signal: AbortSignal.timeout(TIMEOUT_MS) });
        const { status, headers } = response;
        if (response.ok) return { kind: 'receipts', receipts: await answerOf<Receipt[]>(response) };
        if (REFUSALS.includes(status)) return { kind: 'refused', status };
        const error = new Error(`The server answered ${status}.`);
        return { kind: 'later', retryAfterMs: retryAfterMs(headers.get('retry-after')), error };
      } catch (error) {
        return { kind: 'later', retryAfterMs: null, error };
      }
    },
    now: async () =>
      answerOf<number>(await fetch(path('time'), { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })),
    leave: (body) => {
      if ('keepalive' in Request.prototype) post(body, { keepalive: true }).catch(() => {});
      else navigator.sendBeacon(path('trackBatch'), new Blob([body], { type: TYPE }));
    },
  };
}

export const bodyOf = (input: unknown) => JSON.stringify({ 0: { json: input } });

/** @throws where somebody else answers, such as the login page of a network. */
async function answerOf<T>(response: Response): Promise<T> {
  const [call] = await response.json();
  return call.result.data.json;
}
