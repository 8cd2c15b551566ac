import type { RequestContext } from '@tallymark/contract/request-context';
import type { AnyProcedure, AnyRouter } from '@trpc/server';
import { CLIENT_HEADER, CORRELATION_HEADER } from './request-context.ts';

const EXPOSED = `retry-after, ${CORRELATION_HEADER}`;
const TAKEN = `content-type, trpc-accept, ${CORRELATION_HEADER}, ${CLIENT_HEADER}`;
/** A preflight of an origin that is taken off a key meanwhile lets in nothing: every request is judged again. */
const PREFLIGHT_SECONDS = '3600';

/**
 * What lets a page of another origin read the answer: for requests with a key that was let in, and no others. Without
 * credentials, so that nobody's session is of use to it.
 */
export function corsHeaders({ siteKey, origin }: RequestContext): Record<string, string> {
  if (!siteKey || !origin) return {};
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'origin' };
}

/** The answer to a preflight, null for a request that is none. */
export function preflight({ method }: Request, context: RequestContext): Response | null {
  const allowed = corsHeaders(context);
  if (method !== 'OPTIONS' || !('access-control-allow-origin' in allowed)) return null;
  const headers = {
    ...allowed,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': TAKEN,
    'access-control-max-age': PREFLIGHT_SECONDS,
    [CORRELATION_HEADER]: context.correlationId ?? '',
  };
  return new Response(null, { status: 204, headers });
}

/** Whether all calls of a tRPC request are of procedures that pages of other origins may call. */
export function callsIngestOnly(router: AnyRouter, names: readonly string[]): boolean {
  const procedures = router._def.procedures as Readonly<Record<string, AnyProcedure | undefined>>;
  return names.every((name) => Object.hasOwn(procedures, name) && isIngest(procedures[name]?._def.meta));
}

const isIngest = (meta: unknown) =>
  typeof meta === 'object' && meta !== null && 'ingest' in meta && meta.ingest === true;
