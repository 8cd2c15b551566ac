import { createHmac } from 'node:crypto';
import type { RequestContext } from '@tallymark/contract/request-context';

export interface HashedIdentity {
  readonly ipHash: string | undefined;
  readonly visitorId: string | undefined;
}

const HASH_LENGTH = 22; // base64url characters: 132 bits

/**
 * Address and visitor as they are stored: HMACs salted by the UTC day the event happened on, so that nobody can be
 * followed from one day to the next, and the same history imported twice gives the same visitors.
 */
export class IdentityHasher {
  private readonly known = new Map<string, HashedIdentity>();

  constructor(private readonly secret: string) {}

  identify(context: RequestContext, siteId: string, occurredAt: Date): HashedIdentity {
    const { ipAddress, userAgent } = context;
    if (!ipAddress && !userAgent) return { ipHash: undefined, visitorId: context.visitorId ?? undefined };
    const day = Math.floor(occurredAt.getTime() / DAY_MS);
    const cacheKey = `${day}\n${siteId}\n${ipAddress ?? ''}\n${userAgent ?? ''}`;
    let hashed = this.known.get(cacheKey);
    if (!hashed) {
      hashed = {
        ipHash: ipAddress ? this.hash(`ip\n${day}\n${ipAddress}`) : undefined,
        visitorId: this.hash(`visitor\n${cacheKey}`),
      };
      if (this.known.size >= MOST_CACHED) this.known.clear();
      this.known.set(cacheKey, hashed);
    }
    return context.visitorId ? { ...hashed, visitorId: context.visitorId } : hashed;
  }

  private hash(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url').slice(0, HASH_LENGTH);
  }
}

const MOST_CACHED = 10_000;
const DAY_MS = 86_400_000;
