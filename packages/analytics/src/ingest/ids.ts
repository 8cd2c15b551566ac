import { createHash, randomFillSync } from 'node:crypto';

const RANDOM_BYTES = 10;
const pool = Buffer.alloc(RANDOM_BYTES * 256);
let used = pool.length;

/** Ten random bytes out of a pool: one system call for 256 ids. */
function randomBits(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/**
 * A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 bits, random unless given.
 * The same time and the same bits make the same id.
 */
export function uuidV7(timeMs: number, bits: Uint8Array = randomBits()): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes.set(bits.subarray(0, RANDOM_BYTES), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

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
  const digest = createHash('sha256').update(`${tenantId}\n${domain}\n${key}`).digest();
  return { bits: digest.subarray(0, RANDOM_BYTES), dedupKey: digest.toString('base64url', 0, 18) };
}
