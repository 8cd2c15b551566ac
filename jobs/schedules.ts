import { nightlyDeduplication } from '@tallymark/analytics/operate/job-queues';
import type { JobName } from '@tallymark/contract/jobs';
import type { Settings } from '@tallymark/contract/settings';
import { type JobSchedule, nextTurn } from '@tallymark/redis/job-schedule';

export interface ScheduledJob {
  readonly job: JobName;
  /** Null where it is switched off. */
  readonly schedule: JobSchedule | null;
  /** Once more when a worker process starts. */
  readonly atStart?: boolean;
  /** Where the schedule comes from, for whoever got it wrong. */
  readonly setting?: keyof Settings;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Everything that runs by itself. @throws Error that names the setting of a schedule that is none. */
export function schedulesOf(settings: Settings): readonly ScheduledJob[] {
  const { TRACKING_RETENTION_CRON: pattern, TRACKING_TIME_ZONE: timeZone } = settings;
  const schedules: readonly ScheduledJob[] = [
    { job: 'backupFlush', schedule: { everyMs: 10 * SECOND_MS } },
    { job: 'sweepUnenriched', schedule: { everyMs: MINUTE_MS } },
    { job: 'monitorDeduplication', schedule: { everyMs: 5 * MINUTE_MS } },
    { job: 'evaluateAlerts', schedule: { everyMs: MINUTE_MS } },
    { job: 'findPatterns', schedule: { everyMs: 10 * MINUTE_MS }, atStart: true },
    { job: 'compactLogs', schedule: { everyMs: HOUR_MS } },
    { job: 'keepPartitions', schedule: { everyMs: HOUR_MS }, atStart: true },
    { job: 'deduplicateEvents', schedule: nightlyDeduplication(settings), setting: 'TRACKING_DEDUPLICATION_CRON' },
    {
      job: 'applyRetention',
      schedule: settings.TRACKING_AUTO_CLEANUP_ENABLED ? { pattern, timeZone } : null,
      setting: 'TRACKING_RETENTION_CRON',
    },
  ];
  for (const scheduled of schedules) check(scheduled, settings);
  return schedules;
}

function check({ job, schedule, setting }: ScheduledJob, settings: Settings): void {
  try {
    if (schedule) nextTurn(schedule, new Date());
  } catch (error) {
    const from = setting ? `${setting}="${settings[setting]}"` : JSON.stringify(schedule);
    throw new Error(`${from} is no schedule for ${job}: ${error instanceof Error ? error.message : error}`);
  }
}
