import type { Receipt } from '@tallymark/contract/receipt';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { Logger } from 'pino';

interface RequestFacts {
  readonly receipts: readonly Receipt[];
  readonly context: RequestContext;
  readonly defaults: { readonly tenantId: string; readonly siteId: string };
  /** Events waiting in the shards touched; null when the request went straight to Postgres. */
  readonly buffered: number | null;
  readonly ms: number;
}

/** The one line that every request leaves. */
export function logRequest(log: Logger, { receipts, context, defaults, buffered, ms }: RequestFacts): void {
  const counts = { accepted: 0, duplicate: 0, sampled: 0, rejected: 0 };
  for (const { status } of receipts) counts[status] += 1;
  const discarded = receipts.length - counts.accepted;
  log.info(
    {
      tenantId: context.tenantId ?? defaults.tenantId,
      siteId: context.siteId ?? defaults.siteId,
      ...(context.correlationId ? { correlationId: context.correlationId } : {}),
      ...counts,
      discardedPercent: receipts.length === 0 ? 0 : Math.round((1_000 * discarded) / receipts.length) / 10,
      bufferSize: buffered,
      direct: buffered === null,
      ms: Math.round(ms * 10) / 10,
    },
    'ingested',
  );
}
