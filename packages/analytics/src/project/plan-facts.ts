import { createHash } from 'node:crypto';
import type { EventTypeDefinition, TrackingPlan } from '@tallymark/contract/plan';
import type { OutdatedEvent } from '@tallymark/prisma/stores/fact-inputs';
import type { FactType } from '@tallymark/prisma/stores/reconcile-facts';
import type { Logger } from 'pino';

/** What facts depend on in a plan. */
export interface PlanFacts {
  readonly types: readonly FactType[];
  /** Present versions of the types that have had another. */
  readonly versions: ReadonlyMap<string, number>;
  /** Two plans of one digest make the same facts. Upcasters are told apart by their versions alone. */
  readonly digest: string;
}

export function planFacts(plan: TrackingPlan): PlanFacts {
  const types = Object.entries(plan.types).map(([eventType, definition]) => factType(eventType, definition));
  const versions = new Map(
    Object.entries(plan.types).flatMap(([type, { version = 1 }]) => (version > 1 ? [[type, version] as const] : [])),
  );
  const digest = createHash('sha256')
    .update(JSON.stringify([types, [...versions]]))
    .digest('hex')
    .slice(0, 32);
  return { types, versions, digest };
}

function factType(eventType: string, { report = {}, campaign, conversion = false }: EventTypeDefinition): FactType {
  return {
    eventType,
    page: report.page ?? null,
    campaignId: report.campaignId ?? null,
    influencerId: report.influencerId ?? null,
    value: report.value ?? null,
    cost: report.cost ?? null,
    campaignRole: campaign ?? null,
    conversion,
  };
}

/**
 * Props as the plan has them today. Of an event that its upcasters fail on, or make something of that Postgres
 * has no JSON for, they stay as they are stored.
 */
export function upcastProps(
  plan: TrackingPlan,
  outdated: readonly OutdatedEvent[],
  log: Logger,
): ReadonlyMap<string, object> {
  const props = new Map<string, object>();
  for (const event of outdated) {
    try {
      props.set(event.id, storable(upcastOne(plan.types[event.eventType], event)));
    } catch (error) {
      const { id, eventType, schemaVersion } = event;
      log.warn(
        { err: error, id, eventType, schemaVersion },
        'props could not be upcast; they count as they are stored',
      );
    }
  }
  return props;
}

/** As it comes back from the database. TypeError for what cannot be stored. */
function storable(props: object): object {
  const json = JSON.stringify(props, (key, value: unknown) => {
    for (const text of [key, value]) {
      if (typeof text !== 'string' || (text.isWellFormed() && !text.includes('\0'))) continue;
      throw new TypeError(
        `The upcast made a text that cannot be stored, in "${key.toWellFormed().replaceAll('\0', '')}".`,
      );
    }
    return value;
  });
  return JSON.parse(json);
}

function upcastOne(definition: EventTypeDefinition | undefined, { schemaVersion, props }: OutdatedEvent): object {
  let upcast = props;
  for (let version = schemaVersion; version < (definition?.version ?? 1); version += 1) {
    upcast = definition?.upcast?.[version]?.(upcast) ?? upcast;
  }
  return upcast;
}
