import { hash } from 'node:crypto';

/** Random bits of a UUIDv7, in whole bytes. */
const ID_BYTES = 10;

/**
 * Whose keys these are. Keys of server code and of `track(tx)` live apart from those of public callers, who could
 * otherwise take a key that the server is going to use.
 */
export type KeyDomain = 'public' | 'server' | 'transaction';

export interface KeyIdentity {
  /** The random bits of the event's id. */
  readonly bits: Uint8Array;
  /** The name of the key in Redis. */
  readonly dedupKey: string;
}

/** What an idempotency key stands for within its tenant and domain. */
export function keyIdentity(tenantId: string, domain: KeyDomain, key: string): KeyIdentity {
  const digest = hash('sha256', `${tenantId}\n${domain}\n${key}`, 'buffer');
  return { bits: digest.subarray(0, ID_BYTES), dedupKey: digest.toString('base64url', 0, 18) };
}
