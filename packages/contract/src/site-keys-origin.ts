import { z } from 'zod';

const LONGEST_ORIGIN = 300;
/** Scheme, `*.` where all subdomains are meant, host and port; at most a slash behind it. */
const SHAPE = /^(https?:\/\/)(\*\.)?([^/?#@\s*]+)\/?$/i;

/** The origin as browsers write it, null for what is none: lower case, punycode, no port that the scheme has anyway. */
function normalized(text: string): string | null {
  const [, scheme = '', wildcard = '', host = ''] = SHAPE.exec(text) ?? [];
  const url = URL.parse(scheme + host);
  if (url === null || host === '') return null;
  // `*.com` would be everybody's, and addresses have no subdomains.
  if (wildcard && (!/^[^.]+\..*[a-z]/.test(url.hostname) || url.hostname.startsWith('['))) return null;
  return `${url.protocol}//${wildcard}${url.host}`;
}

/** `https://shop.example`, or `https://*.shop.example` for its subdomains, of whatever depth, without itself. */
export const allowedOrigin = z
  .string()
  .max(LONGEST_ORIGIN)
  .transform((text, context) => {
    const origin = normalized(text.trim());
    if (origin !== null) return origin;
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'is no origin such as https://shop.example or https://*.shop.example',
    });
    return z.NEVER;
  });

/** Whether a page of the origin may send with a key of these; any may where none are named. */
export function allowsOrigin(origins: readonly string[], origin: string): boolean {
  return origins.length === 0 || origins.some((allowed) => matches(allowed, origin));
}

function matches(allowed: string, origin: string): boolean {
  const [scheme = '', domain] = allowed.split('*');
  if (domain === undefined) return allowed === origin;
  const sub = origin.slice(scheme.length, -domain.length);
  return origin.startsWith(scheme) && origin.endsWith(domain) && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(sub);
}
