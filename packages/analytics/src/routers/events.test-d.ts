import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { EventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import type { SearchAnswer } from '@tallymark/contract/reports/search';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import { createEventsRouter } from './events.ts';
import { createCallerFactory, router, type TallymarkContext } from './trpc.ts';

const makeRouter = (plan: DemoPlan) => router({ events: createEventsRouter(plan) });
type AppRouter = ReturnType<typeof makeRouter>;
type Inputs = inferRouterInputs<AppRouter>['events'];
type Outputs = inferRouterOutputs<AppRouter>['events'];

/** Never called: the compiler is the judge. */
export function calls(appRouter: AppRouter, context: TallymarkContext) {
  const { search } = createCallerFactory(appRouter)(context).events;
  const period = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
  search(period);
  search({ ...period, eventType: 'asset_viewed', props: { view_duration_ms: { above: 1_000, exists: true } } });
  search({ ...period, eventType: 'user_login', props: { success: { is: false } } });
  search({ ...period, eventType: 'profile_updated', props: { changedFields: { contains: 'email' } } });
  search({ ...period, eventType: 'message_logged', props: { level: { in: ['warn', 'error'] } } });
  search({ ...period, eventTypes: ['asset_viewed', 'page_viewed'], props: { path: { contains: '/a' } } });
  search({ ...period, props: { feeCents: { below: 5 } }, bots: 'exclude', order: 'oldest', limit: 10 });

  // @ts-expect-error The period is missing.
  search({ eventType: 'asset_viewed' });
  // @ts-expect-error The plan has no such type.
  search({ ...period, eventType: 'asset_eaten' });
  // @ts-expect-error One of the types is none.
  search({ ...period, eventTypes: ['asset_viewed', 'asset_eaten'] });
  // @ts-expect-error A misspelt prop.
  search({ ...period, eventType: 'asset_viewed', props: { view_duration: { above: 1 } } });
  // @ts-expect-error A prop of another type.
  search({ ...period, eventType: 'asset_viewed', props: { path: { is: '/' } } });
  // @ts-expect-error No type has the prop.
  search({ ...period, props: { view_duration: { above: 1 } } });
  // @ts-expect-error A number is compared with a text.
  search({ ...period, eventType: 'asset_viewed', props: { view_duration_ms: { is: '1000' } } });
  // @ts-expect-error A text is neither above nor below.
  search({ ...period, eventType: 'asset_viewed', props: { referrer: { above: 1 } } });
  // @ts-expect-error A number contains nothing.
  search({ ...period, eventType: 'asset_viewed', props: { view_duration_ms: { contains: '1' } } });
  // @ts-expect-error None of the values there are.
  search({ ...period, eventType: 'message_logged', props: { level: { is: 'fatal' } } });
  // @ts-expect-error A list is no single value.
  search({ ...period, eventType: 'profile_updated', props: { changedFields: { is: 'email' } } });
  // @ts-expect-error There is no such condition.
  search({ ...period, eventType: 'asset_viewed', props: { referrer: { startsWith: 'a' } } });
  // @ts-expect-error One or the other.
  search({ ...period, eventType: 'asset_viewed', eventTypes: ['asset_viewed'] });
}

test('inputs are typed by the plan', () => {
  type Viewed = Extract<Inputs['search'], { eventType: 'asset_viewed' }>;
  expectTypeOf<keyof NonNullable<Viewed['props']>>().toEqualTypeOf<'view_duration_ms' | 'referrer'>();
  expectTypeOf<Inputs['byId']>().toEqualTypeOf<{ siteId?: string | undefined; id: string }>();
});

test('outputs are those of the contract', () => {
  expectTypeOf<Outputs['search']>().toEqualTypeOf<SearchAnswer>();
  expectTypeOf<Outputs['byId']>().toEqualTypeOf<EventDetailAnswer>();
});
