import { IngestError } from '@tallymark/contract/errors';
import { LIMITS } from '@tallymark/contract/limits';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { Logger } from 'pino';
import { z } from 'zod';
import { withRequestContext } from '../ingest/ambient-context.ts';
import type { EventIngestionService } from '../ingest/service.ts';
import { corsHeaders, preflight } from './cors.ts';
import { BadRequest, readJsonBody } from './read-body.ts';
import { CORRELATION_HEADER } from './request-context.ts';
import { admitted, refuseOtherSites, type SiteAccess, SiteRefused } from './site-access.ts';

export interface EndpointDeps {
  readonly eventIngestion: Pick<EventIngestionService, 'ingestPublic'>;
  readonly log: Logger;
  readonly requestContext: (request: Request) => Promise<RequestContext>;
  /** Knows the keys of sites; without it a key means nothing. */
  readonly siteAccess?: Pick<SiteAccess, 'admit'>;
}

const batch = z.object({ events: z.array(z.unknown()).min(1) });

/**
 * `POST /api/events`: the batch of `trackBatch` as plain JSON, `{ "events": […] }` in, `{ "receipts": […] }` out, one
 * receipt per event in order. 400, 413, 415 for a body that is no batch; 403 for a key that is not let in; 429 and 503 with
 * Retry-After.
 */
export async function handleEvents(deps: EndpointDeps, request: Request): Promise<Response> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  try {
    const sent = await deps.requestContext(request);
    headers[CORRELATION_HEADER] = sent.correlationId ?? '';
    refuseOtherSites(sent);
    const context = await admitted(deps.siteAccess, sent);
    Object.assign(headers, corsHeaders(context));
    const asked = preflight(request, context);
    if (asked) return asked;
    if (request.method !== 'POST') throw new BadRequest(405, 'Send events with POST.');
    const events = parseBatch(await readJsonBody(request));
    const receipts = await withRequestContext(context, () => deps.eventIngestion.ingestPublic(events, context));
    return Response.json({ receipts }, { headers });
  } catch (error) {
    if (error instanceof BadRequest || error instanceof SiteRefused)
      return Response.json({ error: error.message }, { status: error.status, headers });
    if (error instanceof IngestError) {
      const retry = { 'retry-after': String(error.retryAfterSeconds) };
      return Response.json({ error: error.message }, { status: error.status, headers: { ...headers, ...retry } });
    }
    deps.log.error({ err: error, correlationId: headers[CORRELATION_HEADER] }, 'POST /api/events failed');
    return Response.json({ error: 'Something went wrong on the server; the log has it.' }, { status: 500, headers });
  }
}

function parseBatch(text: string): unknown[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadRequest(400, 'The body is not JSON.');
  }
  const parsed = batch.safeParse(body);
  if (!parsed.success) throw new BadRequest(400, 'The body is an object { "events": [ … ] } with at least one event.');
  if (parsed.data.events.length > LIMITS.eventsPerBatch) {
    throw new BadRequest(
      413,
      `A batch has at most ${LIMITS.eventsPerBatch} events; this one has ${parsed.data.events.length}.`,
    );
  }
  return parsed.data.events;
}
