import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { Receipt } from '@tallymark/contract/receipt';
import type { FlushResult, IngestStats } from '@tallymark/contract/stats';
import type { PrismaTransaction } from '@tallymark/prisma/client';
import { describe, expectTypeOf, test } from 'vitest';
import type { EventIngestionService } from './service.ts';

type Service = EventIngestionService<DemoPlan>;

/** Never called: the compiler is the judge. */
export function calls(service: Service, tx: PrismaTransaction) {
  const viewed = { eventType: 'asset_viewed', source: 'web', entityId: 'a', props: {} } as const;
  service.ingest(viewed);
  service.ingest({ ...viewed, entityType: 'asset', sessionId: null, context: { visitorId: 'v' } });
  service.trackEvent(viewed);
  service.track(tx, viewed, { correlationId: 'c' });
  service.ingestBatch([viewed, { eventType: 'search_performed', source: 'server', props: { query: 'q' } }]);
  service.updateThrottlingConfig('asset_viewed', { samplingRate: 1, alwaysKeep: false });

  // @ts-expect-error The plan has no such type.
  service.ingest({ ...viewed, eventType: 'asset_eaten' });
  // @ts-expect-error A misspelt prop.
  service.ingest({ ...viewed, props: { view_duration: 1 } });
  // @ts-expect-error A prop of the wrong type.
  service.ingest({ ...viewed, props: { view_duration_ms: '1' } });
  // @ts-expect-error A prop is missing.
  service.ingest({ eventType: 'search_performed', source: 'web', props: {} });
  // @ts-expect-error No props at all.
  service.ingest({ eventType: 'search_performed', source: 'web' });
  // @ts-expect-error It happens to an asset, so it needs its id.
  service.ingest({ eventType: 'asset_viewed', source: 'web', props: {} });
  // @ts-expect-error Null is no id.
  service.ingest({ ...viewed, entityId: null });
  // @ts-expect-error It happens to an asset, not to a license.
  service.ingest({ ...viewed, entityType: 'license' });
  // @ts-expect-error There are four sources.
  service.ingest({ ...viewed, source: 'desktop' });
  // @ts-expect-error An unknown field.
  service.ingest({ ...viewed, colour: 'red' });
  // @ts-expect-error The same goes for every event of a batch
  service.ingestBatch([viewed, { ...viewed, props: { view_duration: 1 } }]);
  // @ts-expect-error and for the ambient context
  service.trackEvent({ ...viewed, props: { view_duration: 1 } });
  // @ts-expect-error and in a transaction
  service.track(tx, { ...viewed, props: { view_duration: 1 } });
  // @ts-expect-error and for sampling.
  service.updateThrottlingConfig('asset_eaten', { samplingRate: 1, alwaysKeep: false });
  // @ts-expect-error A transaction is needed to track in one.
  service.track(viewed);
}

describe('the ingestion service', () => {
  test('answers what the contract says', () => {
    expectTypeOf<Service['ingest']>().returns.resolves.toEqualTypeOf<Receipt>();
    expectTypeOf<Service['ingestBatch']>().returns.resolves.toEqualTypeOf<Receipt[]>();
    expectTypeOf<Service['track']>().returns.resolves.toEqualTypeOf<Receipt>();
    expectTypeOf<Service['getStats']>().returns.resolves.toEqualTypeOf<IngestStats>();
    expectTypeOf<Service['forceFlush']>().returns.resolves.toEqualTypeOf<FlushResult>();
  });

  test('public callers may send anything: each event gets its receipt', () => {
    expectTypeOf<Service['ingestPublic']>().parameter(0).toEqualTypeOf<readonly unknown[]>();
  });
});
