import type { IngestInput } from '@tallymark/analytics/ingest/service';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { LoggedRequest } from './parse-line.ts';

/** A logged request as the event it was, with its own time, user agent and address. */
export function toPageView(request: LoggedRequest, idempotencyKey: string): IngestInput<DemoPlan> {
  const { path, status, method, bytes, referrer } = request;
  return {
    eventType: 'page_viewed',
    source: 'import',
    occurredAt: request.occurredAt,
    idempotencyKey,
    props: {
      path,
      status,
      ...(method === undefined ? {} : { method }),
      ...(bytes === undefined ? {} : { bytes }),
      ...(referrer === undefined ? {} : { referrer }),
    },
    context: { ipAddress: request.address, userAgent: request.userAgent ?? null },
  };
}
