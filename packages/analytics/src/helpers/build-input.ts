import { randomUUID } from 'node:crypto';
import type { AttributionInput, EventInputOf, EventSource } from '@tallymark/contract/event-input';
import type { EventTypeOf, PropsOf, TrackingPlan } from '@tallymark/contract/plan';

/** What a helper's caller may add to an event. */
export interface HelperContext {
  readonly sessionId?: string | null;
  readonly service?: string | null;
  readonly source?: EventSource;
  readonly attribution?: AttributionInput | null;
  /** Made when left out. Give your own when the same thing may be tracked again, by a retried job for example. */
  readonly idempotencyKey?: string;
  /** Now when left out. Give it together with a key of your own. */
  readonly occurredAt?: Date;
}

type EntityType<Plan extends TrackingPlan> = {
  [Type in EventTypeOf<Plan>]: Plan['types'][Type]['entityType'] extends string ? Type : never;
}[EventTypeOf<Plan>];

/**
 * Makes the helpers of a plan: functions that return an input for `ingest` or `track`, with key and time frozen, so that
 * the same input can be sent again after a failure without counting twice.
 */
export function helpersFor<Plan extends TrackingPlan>() {
  return {
    /** A helper for a type that happens to an entity: `(entityId, props, context?)`. */
    entity<Type extends EntityType<Plan>>(eventType: Type) {
      return (entityId: string, props: PropsOf<Plan, Type>, context: HelperContext = {}): EventInputOf<Plan, Type> =>
        // The compiler cannot follow the entity fields of a type that is still open here.
        ({ ...envelope(context), eventType, entityId, props }) as unknown as EventInputOf<Plan, Type>;
    },
    /** A helper for a type without an entity: `(props, context?)`. */
    plain<Type extends Exclude<EventTypeOf<Plan>, EntityType<Plan>>>(eventType: Type) {
      return (props: PropsOf<Plan, Type>, context: HelperContext = {}): EventInputOf<Plan, Type> =>
        // The same as above.
        ({ ...envelope(context), eventType, props }) as unknown as EventInputOf<Plan, Type>;
    },
  };
}

function envelope({ source = 'server', sessionId, service, attribution, idempotencyKey, occurredAt }: HelperContext) {
  return {
    source,
    ...(sessionId ? { sessionId } : {}),
    ...(service ? { service } : {}),
    ...(attribution ? { attribution } : {}),
    idempotencyKey: idempotencyKey ?? randomUUID(),
    occurredAt: (occurredAt ?? new Date()).toISOString(),
  };
}
