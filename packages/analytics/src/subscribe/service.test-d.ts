import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { StoredEvent } from '@tallymark/contract/subscriptions';
import { describe, expectTypeOf, test } from 'vitest';
import type { EventSubscriptions } from './service.ts';

/** Never called: the compiler is the judge. */
export function calls(subscriptions: EventSubscriptions<DemoPlan>) {
  subscriptions.onEventStored(['payout_completed'], (events) => {
    for (const { eventType, props } of events) {
      expectTypeOf(eventType).toEqualTypeOf<'payout_completed'>();
      expectTypeOf(props.amount_cents).toEqualTypeOf<number>();
    }
  });
  subscriptions.onEventStored(['payout_completed', 'user_login'], async (events) => {
    for (const event of events) {
      expectTypeOf(event.eventType).toEqualTypeOf<'payout_completed' | 'user_login'>();
      if (event.eventType === 'user_login') expectTypeOf(event.props.success).toEqualTypeOf<boolean>();
    }
  });
  subscriptions.onEventStored('*', (events) => {
    expectTypeOf(events).toEqualTypeOf<StoredEvent<DemoPlan>[]>();
  });
  // @ts-expect-error The plan has no such type.
  subscriptions.onEventStored(['asset_eaten'], () => {});
  subscriptions.onEventStored(['payout_completed'], (events) => {
    // @ts-expect-error The type has no such prop.
    events[0]?.props.amount;
    // @ts-expect-error The address stays inside.
    events[0]?.ipHash;
  });
}

describe('a stored event', () => {
  test('is typed by the plan', () => {
    expectTypeOf<StoredEvent<DemoPlan, 'search_performed'>['props']['query']>().toEqualTypeOf<string>();
    expectTypeOf<StoredEvent<DemoPlan>['occurredAt']>().toEqualTypeOf<string>();
  });
});
