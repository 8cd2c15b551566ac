import type { z } from 'zod';

/** Turns the props of one schema version into those of the next. Pure: same props in, same props out, no I/O. */
export type Upcaster = (props: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** What a tracking plan says about one event type. */
export interface EventTypeDefinition {
  /** Shape of `props` in the current version. Use `z.strictObject`, so that a misspelt prop is an error. */
  readonly props: z.ZodObject;
  /** Current schema version, from 1 up; 1 when left out. */
  readonly version?: number;
  /** `upcast[n]` turns props of version n into those of version n + 1. Every older version that is still sent needs one. */
  readonly upcast?: Readonly<Record<number, Upcaster>>;
  /** The kind of thing this happened to. Events of the type then carry its id in `entityId`. */
  readonly entityType?: string;
  /** Per cent of visitors whose events of this type are kept; 100 when left out. */
  readonly samplingRate?: number;
  /** Never sampled, whatever the rate says. */
  readonly alwaysKeep?: boolean;
  /** Equal events of one visitor and session within a minute become one row with a `count`. */
  readonly aggregate?: boolean;
  /** What a visitor should be brought to do. Reports count visitors and sessions with such an event as converted. */
  readonly conversion?: boolean;
  /** The part that events of the type play in a campaign. */
  readonly campaign?: CampaignRole;
  /** Props that reports know by a name of their own. */
  readonly report?: ReportProps;
}

export const CAMPAIGN_ROLES = ['impression', 'click', 'conversion'] as const;
export type CampaignRole = (typeof CAMPAIGN_ROLES)[number];

/** Names of props. Those of `value` and `cost` hold numbers, in a unit that is the same for the whole plan. */
export interface ReportProps {
  /** Path of the page it happened on; an event of the type counts as a view of it. */
  readonly page?: string;
  readonly campaignId?: string;
  readonly influencerId?: string;
  /** What it earned. */
  readonly value?: string;
  /** What it cost. */
  readonly cost?: string;
}

export interface TrackingPlan<
  Types extends Readonly<Record<string, EventTypeDefinition>> = Readonly<Record<string, EventTypeDefinition>>,
> {
  readonly types: Types;
  /** Format of the ids of each entity type. Types without an entry take any id of up to 200 characters. */
  readonly entityIds: Readonly<Record<string, z.ZodType<string>>>;
}

export type EventTypeOf<Plan extends TrackingPlan> = Extract<keyof Plan['types'], string>;

/** Props as a caller writes them. */
export type PropsOf<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>> = z.input<Plan['types'][Type]['props']>;

/**
 * The one catalogue of event types of a product. Types of `track()` in server and browser code, input validation and
 * filters all come from the value returned here; nothing is generated.
 *
 * @throws Error when a definition contradicts itself; the message names the type and what to change.
 */
export function definePlan<const Types extends Readonly<Record<string, EventTypeDefinition>>>(
  types: Types,
  options: { readonly entityIds?: TrackingPlan['entityIds'] } = {},
): TrackingPlan<Types> {
  for (const [name, definition] of Object.entries<EventTypeDefinition>(types)) checkDefinition(name, definition);
  return { types, entityIds: options.entityIds ?? {} };
}

function checkDefinition(name: string, definition: EventTypeDefinition): void {
  const { version = 1, upcast = {}, samplingRate = 100, report = {}, props } = definition;
  const fail = (what: string): never => {
    throw new Error(`Tracking plan, event type "${name}": ${what}`);
  };
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) fail('a name is snake_case, at most 100 characters.');
  if (!Number.isInteger(version) || version < 1 || version > 32_767) fail('version is a whole number from 1 to 32767.');
  if (!(samplingRate >= 0 && samplingRate <= 100)) fail('samplingRate is a percentage from 0 to 100.');
  for (const [role, prop] of Object.entries(report)) {
    if (!(prop in props.shape)) fail(`report.${role} names the prop "${prop}", which the type does not have.`);
  }
  for (const from of Object.keys(upcast).map(Number)) {
    if (!Number.isInteger(from) || from < 1 || from >= version) {
      fail(`upcast[${from}] starts from no version below the current ${version}.`);
    }
    for (let step = from; step < version; step += 1) {
      if (!upcast[step]) fail(`upcast[${step}] is missing: version ${from} cannot reach version ${version}.`);
    }
  }
}
