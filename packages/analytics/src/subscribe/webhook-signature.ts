import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-tallymark-signature';
export const DELIVERY_HEADER = 'x-tallymark-delivery';

/** How far the time in a signature may be from the receiver's clock, either way. */
const TOLERANCE_SECONDS = 5 * 60;

const digest = (secret: string, seconds: number | string, body: string | Uint8Array) =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();

/** Value of the signature header: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. */
export function signWebhook(secret: string, body: string | Uint8Array, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  return `t=${seconds},v1=${digest(secret, seconds, body).toString('hex')}`;
}

export interface SignedRequest {
  readonly secret: string;
  /** The signature header as it came. */
  readonly header: string | null | undefined;
  /** The body as it came, before anything parses it. */
  readonly body: string | Uint8Array;
  readonly now?: Date;
  readonly toleranceSeconds?: number;
}

/**
 * For receivers: whether the request was signed with the secret, within the last five minutes. Compares in constant time.
 * While a secret is being rotated, call it once with each.
 */
export function verifyWebhook({
  secret,
  header,
  body,
  now = new Date(),
  toleranceSeconds = TOLERANCE_SECONDS,
}: SignedRequest): boolean {
  const parts = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header ?? '');
  if (!parts) return false;
  const [, seconds = '', signature = ''] = parts;
  const distance = Math.abs(now.getTime() / 1_000 - Number(seconds));
  if (!(distance <= toleranceSeconds)) return false;
  return timingSafeEqual(digest(secret, seconds, body), Buffer.from(signature, 'hex'));
}
