import { z } from 'zod';
import { timeZone } from './time-zone.ts';

export const DEFAULT_TENANT_ID = '00000000-0000-7000-8000-000000000001';
export const DEFAULT_SITE_ID = '00000000-0000-7000-8000-000000000002';

const flag = z.stringbool();
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Five fields, or six with seconds in front. What the fields say is judged when the schedule is made. */
const cron = z.string().regex(/^\S+( \S+){4,5}$/, 'is not a cron pattern of five or six fields');

/** Everything Tallymark reads from the environment. Only the composition roots parse it. */
export const settingsSchema = z.object({
  /** Postgres that holds the events. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Where reports read, such as a replica; the database above where unset. What is not there yet is not in the report. */
  DATABASE_READ_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Connections this process may open to Postgres. */
  DATABASE_MAX_CONNECTIONS: whole(2, 1_000).default(10),
  /** Redis 7 or Valkey that holds the buffer. Wants `appendonly yes`, `appendfsync always`, `maxmemory-policy noeviction`. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  /** Starts every key in Redis, so that several products can share one. */
  REDIS_PREFIX: z.string().min(1).max(50).default('tallymark'),
  /** Secret of the daily salted hashes of addresses and visitors; at least 16 characters. */
  TRACKING_HASH_SALT: z.string().min(16),
  TRACKING_DEFAULT_TENANT_ID: z.uuid().default(DEFAULT_TENANT_ID),
  TRACKING_DEFAULT_SITE_ID: z.uuid().default(DEFAULT_SITE_ID),
  /** Events that trigger a flush, all shards together. */
  TRACKING_BUFFER_MAX_SIZE: whole(1, 100_000).default(100),
  /** Milliseconds after which the oldest buffered event triggers a flush. */
  TRACKING_BUFFER_FLUSH_INTERVAL_MS: whole(10, 600_000).default(10_000),
  /** Events in one catch-up batch under load. */
  TRACKING_MAX_CATCH_UP_BATCH: whole(1, 10_000).default(1_000),
  /** Bytes of events the buffer holds before callers get 429. */
  TRACKING_BUFFER_MAX_BYTES: whole(65_536, 1_099_511_627_776).default(268_435_456),
  /** Failures in a row that open the circuit breaker around writes to Postgres, and the one around reports. */
  TRACKING_CIRCUIT_FAILURES: whole(1, 1_000).default(5),
  /** Milliseconds a circuit breaker stays open before one call may try again. */
  TRACKING_CIRCUIT_OPEN_MS: whole(100, 600_000).default(2_000),
  /** Streams of the buffer. A session's events stay in one, in order. */
  TRACKING_BUFFER_SHARDS: whole(1, 256).default(2),
  /** Seconds an idempotency key is remembered in Redis; Postgres remembers for good. */
  TRACKING_IDEMPOTENCY_TTL_SECONDS: whole(1, 604_800).default(3_600),
  /** Seconds a fingerprint is remembered. */
  TRACKING_DEDUPLICATION_TTL_SECONDS: whole(1, 604_800).default(60),
  TRACKING_ENABLE_DEDUPLICATION: flag.default(true),
  TRACKING_ENABLE_ENRICHMENT: flag.default(true),
  TRACKING_ENABLE_THROTTLING: flag.default(true),
  TRACKING_ENABLE_AGGREGATION: flag.default(true),
  /** Whole months an event may be old when it arrives. */
  TRACKING_RETENTION_MONTHS: whole(1, 1_200).default(12),
  /** Days instead of months, where set. */
  TRACKING_RETENTION_DAYS: whole(1, 36_500).optional(),
  /** Whole months after which events are removed; a month more than they may be old on arrival, so that none is at once. */
  TRACKING_CLEANUP_OLDER_THAN_MONTHS: whole(1, 1_200).default(13),
  /** Whether the schedule removes events at all; `cleanupNow()` works in any case. */
  TRACKING_AUTO_CLEANUP_ENABLED: flag.default(true),
  /** When retention runs. */
  TRACKING_RETENTION_CRON: cron.default('0 3 * * *'),
  /** Folder, as an absolute path, that months are archived in before they go; not archived where unset. */
  TRACKING_ARCHIVE_DIR: z
    .string()
    .regex(/^(\/|[A-Za-z]:[\\/])/, 'is not an absolute path: each process would look elsewhere')
    .optional(),
  /** What runs the jobs; BullMQ on the Redis above. */
  JOBS_PROVIDER: z.enum(['bullmq']).default('bullmq'),
  /** IANA time zone of every schedule. */
  TRACKING_TIME_ZONE: timeZone.default('UTC'),
  /** Enrichment jobs, of a flushed batch each, that run at the same time. */
  TRACKING_ENRICHMENT_CONCURRENCY: whole(1, 100).default(5),
  /** When the database is searched for duplicates. */
  TRACKING_DEDUPLICATION_CRON: cron.default('0 2 * * *'),
  /** Hours of events that the nightly search looks at. */
  TRACKING_DEDUPLICATION_HOURS: whole(1, 8_760).default(26),
  /** Per cent of repeats, of one site, above which an alert is raised. */
  TRACKING_DEDUPLICATION_ALERT_PERCENT: z.coerce.number().min(0).max(100).default(10),
  /** Seconds an event may wait in the buffer before its shard counts as stuck. */
  TRACKING_STUCK_SHARD_SECONDS: whole(1, 86_400).default(60),
  /** Whether webhooks may go to loopback and private addresses. Link-local ones are refused in any case. */
  TRACKING_WEBHOOKS_PRIVATE_NETWORKS: flag.default(false),
  /** Proxies in front of the server whose `x-forwarded-for` entry is believed; 0 believes none. */
  TRACKING_TRUSTED_PROXY_HOPS: whole(0, 20).default(0),
  /** Whether this process moves events from the buffer to Postgres. The worker process always does. */
  TRACKING_FLUSH_IN_WEB: flag.default(false),
  /** Milliseconds one statement of a report may take. */
  TRACKING_REPORT_TIMEOUT_MS: whole(100, 600_000).default(10_000),
  /** Rows one report may read; one that would read more says so and how to narrow it. */
  TRACKING_REPORT_MAX_ROWS: whole(1_000, 10_000_000_000).default(3_000_000),
  /** What the planner of Postgres may expect a report to cost, in its unit; 600,000 are two to three seconds of a core. */
  TRACKING_REPORT_MAX_COST: whole(1_000, 10_000_000_000).default(600_000),
  /** Seconds that events wait for their enrichment before they are counted without it. */
  TRACKING_ENRICHMENT_PATIENCE_SECONDS: whole(1, 86_400).default(60),
  /** Milliseconds a shutdown may take before the process gives up waiting. */
  TRACKING_SHUTDOWN_DEADLINE_MS: whole(100, 600_000).default(10_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** @throws Error that names every key that is missing or wrong, and what is wrong with it. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(present);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`The environment is not complete; see .env.example.\n${problems.join('\n')}`);
}
