import { z } from 'zod';
import { CAMPAIGN_ROLES } from '../plan.ts';

const count = z.number().min(0);
const site = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
});

export const planTypesInput = site;
export const planPropsInput = site.extend({ eventType: z.string().min(1).max(100) });
export const entityTypesInput = site;

const reasons = z.array(z.object({ reason: z.string(), events: count }));

const rejections = {
  /** Of all sites, since `from`. */
  rejected: count,
  /** The most frequent first. */
  reasons,
};

const plannedType = z.object({
  eventType: z.string(),
  version: z.int(),
  entityType: z.string().nullable(),
  /** Per cent of visitors, as the plan has it. */
  samplingRate: z.number(),
  alwaysKeep: z.boolean(),
  aggregate: z.boolean(),
  conversion: z.boolean(),
  campaign: z.enum(CAMPAIGN_ROLES).nullable(),
  /** Names of props by what reports take them for. */
  report: z.record(z.string(), z.string()),
  /** JSON Schema of the props, of draft 2020-12, as a caller writes them. */
  schema: z.record(z.string(), z.unknown()),
  /** Since `from`, weighted; 0 also for what is not counted yet. */
  events: count,
  /** When the latest one that is stored happened; null for a type that the site has never had. */
  lastSeenAt: z.iso.datetime().nullable(),
  ...rejections,
});
export type PlannedType = z.infer<typeof plannedType>;

export const planTypesAnswer = z.object({
  siteId: z.string(),
  /** First moment of a UTC day. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** In the order of the plan. */
  types: z.array(plannedType),
  /** Stored under a name that the plan has no longer. */
  retired: z.array(z.object({ eventType: z.string(), events: count, lastSeenAt: z.iso.datetime().nullable() })),
  /** Rejected because the plan does not know the name; the most frequent first. Null where no name was sent. */
  unknown: z.array(z.object({ eventType: z.string().nullable(), ...rejections })),
  /** False while Redis, which has the counts by type, is away: they are 0 then. */
  rejectionsKnown: z.boolean(),
});
export type PlanTypesAnswer = z.infer<typeof planTypesAnswer>;

export const planPropsAnswer = z.object({
  /** The latest stored events of the type that were looked at. */
  events: count,
  /** Those of them that have the prop, by name; also props that the plan has not. */
  props: z.array(z.object({ name: z.string(), events: count })),
});
export type PlanPropsAnswer = z.infer<typeof planPropsAnswer>;

/** The kinds of things that the plan's events happen to, in its order. */
export const entityTypesAnswer = z.object({
  entityTypes: z.array(
    z.object({
      entityType: z.string(),
      eventTypes: z.array(z.string()),
      /** Whether an event of theirs has a value. */
      valued: z.boolean(),
    }),
  ),
});
export type EntityTypesAnswer = z.infer<typeof entityTypesAnswer>;
