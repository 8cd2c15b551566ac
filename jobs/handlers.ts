import type { HandlerTable } from './job-handler.ts';

/** Every job's handler. One more job is one more line here, and one in `schedules.ts` where it runs by itself. */
export const handlers: HandlerTable = {
  enrichEvent: async (services) => (await import('./handlers/enrich-event.ts')).enrichEvent(services),
  sweepUnenriched: async (services) => (await import('./handlers/sweep-unenriched.ts')).sweepUnenriched(services),
  deduplicateEvents: async (services) => (await import('./handlers/deduplicate-events.ts')).deduplicateEvents(services),
  monitorDeduplication: async (services) =>
    (await import('./handlers/monitor-deduplication.ts')).monitorDeduplication(services),
  applyRetention: async (services) => (await import('./handlers/apply-retention.ts')).applyRetention(services),
  keepPartitions: async (services) => (await import('./handlers/keep-partitions.ts')).keepPartitions(services),
  compactLogs: async (services) => (await import('./handlers/compact-logs.ts')).compactLogs(services),
  evaluateAlerts: async (services) => (await import('./handlers/evaluate-alerts.ts')).evaluateAlerts(services),
  findPatterns: async (services) => (await import('./handlers/find-patterns.ts')).findPatterns(services),
  backupFlush: async (services) => (await import('./handlers/backup-flush.ts')).backupFlush(services),
};
