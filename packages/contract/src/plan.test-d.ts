import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { DemoPlan } from './demo-plan.ts';
import type { EventInput, EventInputOf } from './event-input.ts';
import { definePlan, type EventTypeOf, type PropsOf } from './plan.ts';

test('types, props and entities of a plan are known to the compiler', () => {
  const plan = definePlan({
    shipped: { entityType: 'parcel', props: z.strictObject({ grams: z.int(), note: z.string().optional() }) },
    seen: { props: z.strictObject({}) },
  });
  type Plan = typeof plan;
  expectTypeOf<EventTypeOf<Plan>>().toEqualTypeOf<'shipped' | 'seen'>();
  expectTypeOf<PropsOf<Plan, 'shipped'>>().toEqualTypeOf<{ grams: number; note?: string | undefined }>();
  expectTypeOf<EventInputOf<Plan, 'shipped'>['entityId']>().toEqualTypeOf<string>();
  expectTypeOf<EventInputOf<Plan, 'shipped'>['entityType']>().toEqualTypeOf<'parcel' | null | undefined>();
  expectTypeOf<EventInputOf<Plan, 'seen'>['entityId']>().toEqualTypeOf<string | null | undefined>();
});

test('an event is narrowed by its type', () => {
  const nameOf = (event: EventInput<DemoPlan>) => {
    if (event.eventType !== 'search_performed') return;
    expectTypeOf(event.props.query).toEqualTypeOf<string>();
    // @ts-expect-error Belongs to another type.
    event.props.view_duration_ms;
  };
  expectTypeOf(nameOf).toBeFunction();
});

test('a definition that is none does not compile', () => {
  // @ts-expect-error Props are a schema.
  definePlan({ shipped: { props: { grams: 'number' } } });
  // @ts-expect-error A rate is a number.
  definePlan({ shipped: { props: z.strictObject({}), samplingRate: 'all' } });
});
