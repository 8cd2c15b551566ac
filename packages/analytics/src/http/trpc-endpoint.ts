import { IngestError } from '@tallymark/contract/errors';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { AnyRouter, inferRouterContext } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Logger } from 'pino';
import { withRequestContext } from '../ingest/ambient-context.ts';
import { retryAfterOf } from '../operate/retry-after.ts';
import { rememberHowToAsk } from './ask-again.ts';
import { callsIngestOnly, corsHeaders, preflight } from './cors.ts';
import { BadRequest, readJsonBody } from './read-body.ts';
import { CORRELATION_HEADER } from './request-context.ts';
import { admitted, refuseOtherSites, type SiteAccess, SiteRefused } from './site-access.ts';

export interface TrpcEndpoint<Router extends AnyRouter> {
  readonly router: Router;
  /** Path the router is mounted at, such as `/api/trpc`. */
  readonly endpoint: string;
  readonly log: Logger;
  readonly requestContext: (request: Request) => Promise<RequestContext>;
  readonly createContext: (requestContext: RequestContext) => inferRouterContext<Router>;
  /** Knows the keys of sites; without it a key means nothing. */
  readonly siteAccess?: Pick<SiteAccess, 'admit'>;
}

const MOST_CALLS_PER_REQUEST = 20;

/** Serves a tRPC router with the limits, correlation id and Retry-After that ingest promises. */
export async function handleTrpc<Router extends AnyRouter>(
  deps: TrpcEndpoint<Router>,
  request: Request,
): Promise<Response> {
  let headers: Record<string, string> = { [CORRELATION_HEADER]: '' };
  try {
    const sent = await deps.requestContext(request);
    headers = { [CORRELATION_HEADER]: sent.correlationId ?? '' };
    refuseOtherSites(sent);
    const requestContext = await admitted(deps.siteAccess, sent);
    const ingestOnly = callsIngestOnly(deps.router, callsOf(request, deps.endpoint));
    // Whose session it is in is no word for what a page of somebody else asks.
    if (
      !ingestOnly &&
      (sent.fetchSite === 'cross-site' || (request.method === 'POST' && sent.fetchSite === 'same-site'))
    )
      throw new SiteRefused('Only pages of this site may call this.');
    // Pages of other origins have no business with anything else.
    if (requestContext.siteKey && ingestOnly) {
      headers = { ...headers, ...corsHeaders(requestContext) };
      const asked = preflight(request, requestContext);
      if (asked) return asked;
    }
    if (request.method === 'GET') rememberHowToAsk(requestContext, () => deps.requestContext(request));
    const bounded = await boundRequest(request, deps.endpoint);
    const response = await withRequestContext(requestContext, () =>
      fetchRequestHandler({
        endpoint: deps.endpoint,
        router: deps.router,
        req: bounded,
        createContext: () => deps.createContext(requestContext),
        onError: ({ error, path }) => {
          if (error.code === 'INTERNAL_SERVER_ERROR')
            deps.log.error({ err: error, path, correlationId: headers[CORRELATION_HEADER] }, 'procedure failed');
        },
        responseMeta: ({ errors }) => ({ headers: headersFor(errors, headers) }),
      }),
    );
    return response;
  } catch (error) {
    return refusal(error, headers);
  }
}

/** A request that never reached a procedure, answered in tRPC's shape. */
function refusal(error: unknown, known: Readonly<Record<string, string>>): Response {
  const refused = error instanceof BadRequest || error instanceof IngestError || error instanceof SiteRefused;
  if (!refused) throw error;
  const headers: Record<string, string> = { ...known };
  if (error instanceof IngestError) headers['retry-after'] = String(error.retryAfterSeconds);
  const { message, status } = error;
  return Response.json({ error: { message, code: -32_600, data: { httpStatus: status } } }, { status, headers });
}

/** The request with its body read and judged, or the request itself where it has none. */
async function boundRequest(request: Request, endpoint: string): Promise<Request> {
  const calls = callsOf(request, endpoint).length;
  if (calls > MOST_CALLS_PER_REQUEST)
    throw new BadRequest(413, `At most ${MOST_CALLS_PER_REQUEST} calls in one request.`);
  if (request.method !== 'POST') return request;
  const body = await readJsonBody(request);
  const { url, method, headers, signal } = request;
  // tRPC reads a JSON request by these fields alone; a second Request would parse and copy all of it again.
  return { url, method, headers, signal, text: async () => body } as Request;
}

/** The paths of the procedures that are called. tRPC decodes the path before it splits it. */
function callsOf({ url }: Request, endpoint: string): string[] {
  const { pathname } = new URL(url);
  return pathname.slice(endpoint.length + 1).split(/,|%2c/i);
}

function headersFor(
  errors: readonly { cause?: unknown }[],
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  const waits = errors.flatMap(({ cause }) => retryAfterOf(cause) ?? []);
  const retry: Record<string, string> = waits.length > 0 ? { 'retry-after': String(Math.max(...waits)) } : {};
  return { ...known, ...retry };
}
