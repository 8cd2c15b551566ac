import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { Receipt } from '@tallymark/contract/receipt';
import type { FlushResult, IngestStats } from '@tallymark/contract/stats';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import { createEventIngestionRouter } from './event-ingestion.ts';
import { createCallerFactory, router, type TallymarkContext } from './trpc.ts';

const appRouter = router({ eventIngestion: createEventIngestionRouter<DemoPlan>() });
/** What a client of the router is typed by. */
type Inputs = inferRouterInputs<typeof appRouter>['eventIngestion'];
type Outputs = inferRouterOutputs<typeof appRouter>['eventIngestion'];

/** Never called: the compiler is the judge. */
export function calls(context: TallymarkContext) {
  const { eventIngestion } = createCallerFactory(appRouter)(context);
  const viewed = { eventType: 'asset_viewed', source: 'web', entityId: 'a', props: {} } as const;
  eventIngestion.track(viewed);
  eventIngestion.trackBatch({
    events: [viewed, { eventType: 'search_performed', source: 'web', props: { query: '' } }],
  });

  // @ts-expect-error The plan has no such type.
  eventIngestion.track({ ...viewed, eventType: 'asset_eaten' });
  // @ts-expect-error A misspelt prop.
  eventIngestion.track({ ...viewed, props: { view_duration: 1 } });
  // @ts-expect-error A prop is missing.
  eventIngestion.track({ eventType: 'search_performed', source: 'web', props: {} });
  // @ts-expect-error The entity is missing.
  eventIngestion.track({ eventType: 'asset_viewed', source: 'web', props: {} });
  // @ts-expect-error A context is the server's to give.
  eventIngestion.track({ ...viewed, context: { tenantId: 't' } });
  // @ts-expect-error The same goes for every event of a batch.
  eventIngestion.trackBatch({ events: [viewed, { ...viewed, props: { view_duration: 1 } }] });
  // @ts-expect-error A batch is an object.
  eventIngestion.trackBatch([viewed]);
}

test('inputs are typed by the plan', () => {
  expectTypeOf<Extract<Inputs['track'], { eventType: 'search_performed' }>['props']['query']>().toEqualTypeOf<string>();
  expectTypeOf<Inputs['trackBatch']['events'][number]>().toEqualTypeOf<Inputs['track']>();
});

test('outputs are those of the contract', () => {
  expectTypeOf<Outputs['track']>().toEqualTypeOf<Receipt>();
  expectTypeOf<Outputs['trackBatch']>().toEqualTypeOf<Receipt[]>();
  expectTypeOf<Outputs['getStats']>().toEqualTypeOf<IngestStats>();
  expectTypeOf<Outputs['forceFlush']>().toEqualTypeOf<FlushResult>();
});
