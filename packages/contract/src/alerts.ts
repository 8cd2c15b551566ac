import { z } from 'zod';
import { storedText } from './reports/stored-text.ts';

const MINUTE = 1;
const MONTH = 31 * 24 * 60;
/** Rules of one site. */
export const MOST_ALERTS = 200;

/** Figures of the pipeline itself, which are about the whole installation. */
export const PIPELINE_FIGURES = [
  /** Per cent of the latest hour's events that repeat another, of the site that has most. */
  'deduplication_rate',
  /** Shards of the buffer that do not drain. */
  'stuck_shards',
  /** Seconds that the oldest buffered event waits. */
  'oldest_buffered_seconds',
  /** Events that no store took, not resolved yet. */
  'dead_letters',
  /** Seconds that the projection behind most is behind. */
  'projection_lag_seconds',
  /** Events by which the sums of the ledger miss each other; 0 when it balances. */
  'ledger_difference',
] as const;
export type PipelineFigure = (typeof PIPELINE_FIGURES)[number];

const LONGEST_INPUT = 10_000;

/** As JSON that Postgres takes. */
function isStorable(input: unknown): boolean {
  const json = JSON.stringify(input);
  return json.length <= LONGEST_INPUT && !/\\u(0000|d[89a-f])/i.test(json);
}

/** Where the figure of a rule comes from. */
export const alertSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pipeline'), figure: z.enum(PIPELINE_FIGURES) }),
  z.strictObject({
    kind: z.literal('question'),
    /** Any question of the reports' API that takes a period, such as `stats.overview`. */
    question: z.string().regex(/^[a-z][\w.]{0,99}$/i, 'is no name of a question'),
    /** Its input without `siteId`, `from` and `to`: filter, segment, event type. */
    input: z
      .record(z.string(), z.json())
      .default({})
      .refine(isStorable, 'is too long, or has a character that no event has'),
    /** JSON pointer to a number, or to a figure, in the answer: `/visitors`, `/rows/0/value`. */
    pointer: storedText(200).regex(/^\//, 'is no JSON pointer, such as "/visitors"'),
  }),
]);
export type AlertSource = z.infer<typeof alertSource>;

export const alertCondition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('above'), than: z.number() }),
  z.strictObject({ kind: z.literal('below'), than: z.number() }),
  /** Against the same time a week before; per cent, up or down by at least so much. Without a figure a week ago it is not met. */
  z.strictObject({
    kind: z.literal('change'),
    direction: z.enum(['up', 'down', 'either']),
    percent: z.number().positive().max(100_000),
  }),
  /** Zero, or no figure at all. */
  z.strictObject({ kind: z.literal('no_data') }),
]);
export type AlertCondition = z.infer<typeof alertCondition>;

export const newAlert = z.strictObject({
  /** Default: the site of the request. Rules about the pipeline belong to no site and are for admins. */
  siteId: z.guid().optional(),
  name: storedText(100).trim().min(1),
  source: alertSource,
  condition: alertCondition,
  /** Minutes of the past that a question is asked about; figures of the pipeline are those of now. */
  windowMinutes: z.int().min(MINUTE).max(MONTH).default(60),
  /** Minutes after a notification before the same state is told again. */
  coolDownMinutes: z.int().min(MINUTE).max(MONTH).default(60),
  enabled: z.boolean().default(true),
  /** Told beside the dashboard and the log: a URL that gets a signed POST. */
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .default(null),
});
export type NewAlert = z.input<typeof newAlert>;

/** What is left out stays as it is. */
export const alertChange = z.strictObject({
  id: z.guid(),
  name: newAlert.shape.name.optional(),
  source: alertSource.optional(),
  condition: alertCondition.optional(),
  windowMinutes: z.int().min(MINUTE).max(MONTH).optional(),
  coolDownMinutes: z.int().min(MINUTE).max(MONTH).optional(),
  enabled: z.boolean().optional(),
  webhookUrl: newAlert.shape.webhookUrl.unwrap().optional(),
});

/** `failing`: its question could not be answered, so that nobody knows. `resolved` is told once, then it is `ok`. */
export const ALERT_STATES = ['ok', 'firing', 'failing'] as const;
export const alertState = z.enum(ALERT_STATES);
export type AlertState = z.infer<typeof alertState>;

const instant = z.iso.datetime();

export const alert = newAlert.omit({ siteId: true }).extend({
  id: z.string(),
  /** Null for rules about the pipeline. */
  siteId: z.string().nullable(),
  /** Came with Tallymark; it can be changed and switched off, not removed. */
  builtIn: z.boolean(),
  state: alertState,
  /** Since when it is in that state. */
  since: instant.nullable(),
  /** The figure that decided last; null without data. */
  value: z.number().nullable(),
  /** The figure of a week before, for `change`. */
  reference: z.number().nullable(),
  evaluatedAt: instant.nullable(),
  /** Why it is failing, and what to do. */
  error: z.string().nullable(),
  /** Of the webhook: the last refusal, null when the last notification arrived. */
  deliveryError: z.string().nullable(),
});
export type Alert = z.infer<typeof alert>;

export const alertsInput = z.strictObject({ siteId: z.guid().optional() }).optional();
/** The firing ones first, then the failing, then by name. Those about the pipeline are in it for admins only. */
export const alertList = z.object({ alerts: z.array(alert) });

/** One change of state, or a reminder while it lasts. */
export const alertEvent = z.object({
  /** Later ones have larger ids. */
  id: z.string(),
  alertId: z.string(),
  /** As the rule was called then. */
  name: z.string(),
  at: instant,
  /** Of a rule that goes on failing, `failed` is told again; `reminded` is of one that goes on firing. */
  what: z.enum(['fired', 'reminded', 'resolved', 'failed', 'recovered']),
  value: z.number().nullable(),
  reference: z.number().nullable(),
  /** In words: what was measured and what it was compared with. */
  message: z.string(),
});
export type AlertEvent = z.infer<typeof alertEvent>;

const cursor = z.string().regex(/^\d{1,18}$/, 'is not a cursor of this list');
export const alertHistoryInput = z.strictObject({
  siteId: z.guid().optional(),
  alertId: z.guid().optional(),
  cursor: cursor.nullish(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
/** Newest first. */
export const alertHistory = z.object({ events: z.array(alertEvent), nextCursor: cursor.nullable() });

/** A rule, saved or not, tried on the past. Figures of the pipeline have no past. */
export const tryAlertInput = newAlert
  .pick({ siteId: true, source: true, condition: true, windowMinutes: true })
  .extend({ days: z.int().min(1).max(7).default(7) });
/** When it would have fired. At most 500 points: evaluated every `stepMinutes`. */
export const triedAlert = z.object({
  stepMinutes: z.int(),
  points: z.array(z.object({ at: instant, value: z.number().nullable(), met: z.boolean() })),
  fired: z.array(z.object({ from: instant, /** Null when it lasts. */ to: instant.nullable() })),
});
export type TriedAlert = z.infer<typeof triedAlert>;

/** Shown once, with the rule that has a webhook: what requests are signed with. */
export const savedAlert = z.object({ alert, webhookSecret: z.string().nullable() });
export const alertId = z.strictObject({ id: z.guid() });
export const removedAlert = z.object({ id: z.string() });

/** Body of a webhook's request, signed like deliveries of events. */
export const alertNotification = z.object({
  deliveryId: z.string(),
  alert: alert.pick({ id: true, name: true, state: true, siteId: true }),
  event: alertEvent,
});
export type AlertNotification = z.infer<typeof alertNotification>;
