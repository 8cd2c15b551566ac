import { randomFillSync } from 'node:crypto';

const RANDOM_BYTES = 10;

// Random bytes by the block: asking for ten at a time costs more than all the rest.
const pool = Buffer.alloc(RANDOM_BYTES * 256);
let used = pool.length;

function randomBits(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/**
 * A UUIDv7 (RFC 9562) of a Unix time in milliseconds. `bits`, ten bytes or more, stand in for the random ones where the
 * same event must always get the same id; version and variant overwrite six of them.
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
