/** Who may call which procedure over HTTP: anybody, a viewer of the site, an editor of the site, an admin of everything. */
export const PROCEDURES = {
  anybody: ['eventIngestion.track', 'eventIngestion.trackBatch', 'eventIngestion.time'],
  viewer: [
    ...['stats.byTenant', 'stats.overview', 'stats.timeseries', 'stats.baseline', 'stats.breakdown'],
    'stats.daily',
    ...['stats.business', 'stats.businessHistory', 'stats.entities', 'stats.entity'],
    ...['stats.funnel', 'stats.retention', 'stats.paths', 'stats.live'],
    ...['stats.segments.list', 'stats.segments.preview'],
    ...['events.search', 'events.byId', 'entities.types', 'entities.snapshots', 'members.mine'],
    ...['campaigns.impressions', 'campaigns.conversions', 'campaigns.statistics'],
    ...['alerts.list', 'alerts.history', 'patterns.latest'],
  ],
  editor: [
    ...['stats.segments.save', 'stats.segments.update', 'stats.segments.remove'],
    ...['alerts.save', 'alerts.change', 'alerts.remove', 'alerts.rotateSecret', 'alerts.tryOut'],
  ],
  admin: [
    ...['eventIngestion.getStats', 'eventIngestion.forceFlush'],
    ...['jobs.stats', 'jobs.retryFailedEnrichment', 'jobs.retryFailedJob'],
    ...['jobs.runDeduplication', 'jobs.deduplicationStats'],
    ...['deadLetters.list', 'deadLetters.get', 'deadLetters.counts'],
    ...['deadLetters.repair', 'deadLetters.replay', 'deadLetters.replayAll'],
    ...['retention.plan', 'retention.cleanupNow', 'retention.archives', 'retention.runs'],
    ...['retention.rules', 'retention.setRule', 'retention.removeRule'],
    ...['webhooks.list', 'webhooks.add', 'webhooks.remove', 'webhooks.removeHandler', 'webhooks.setEnabled'],
    ...['webhooks.rotateSecret', 'webhooks.restart', 'webhooks.deadLetters', 'webhooks.redeliver'],
    ...['projections.list', 'projections.rebuilds', 'projections.rebuild'],
    ...['projections.cancelRebuild', 'projections.resume'],
    ...['ops.overview', 'ops.storage', 'ops.projections', 'ops.queryTimes', 'pipeline.storingTimes'],
    ...['plan.types', 'plan.propsSent', 'sampling.list', 'sampling.set', 'audit.list'],
    ...['members.list', 'members.add', 'members.change', 'members.remove'],
    ...['sites.list', 'sites.create', 'sites.rename', 'sites.hosts'],
    ...['sites.keys', 'sites.createKey', 'sites.renameKey', 'sites.setOrigins', 'sites.revokeKey'],
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Role = keyof typeof PROCEDURES;
