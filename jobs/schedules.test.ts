import { JOBS } from '@tallymark/contract/jobs';
import { parseSettings } from '@tallymark/contract/settings';
import { describe, expect, test } from 'vitest';
import { schedulesOf } from './schedules.ts';

const settingsWith = (more: Record<string, string> = {}) =>
  parseSettings({
    DATABASE_URL: 'postgres://localhost/none',
    REDIS_URL: 'redis://localhost',
    TRACKING_HASH_SALT: 'a salt of the tests',
    ...more,
  });
const byJob = (more?: Record<string, string>) =>
  new Map(schedulesOf(settingsWith(more)).map(({ job, schedule }) => [job, schedule]));

describe('the table of schedules', () => {
  test('has every job but enrichment, which is asked for by flushes, and each once', () => {
    const scheduled = schedulesOf(settingsWith()).map(({ job }) => job);
    expect([...scheduled, 'enrichEvent'].sort()).toEqual(JOBS.map(({ name }) => name).sort());
  });

  test('follows the settings', () => {
    expect(byJob().get('deduplicateEvents')).toEqual({ pattern: '0 2 * * *', timeZone: 'UTC' });
    expect(byJob().get('applyRetention')).toEqual({ pattern: '0 3 * * *', timeZone: 'UTC' });
    const changed = byJob({
      TRACKING_DEDUPLICATION_CRON: '15 1 * * *',
      TRACKING_TIME_ZONE: 'Europe/Berlin',
      TRACKING_AUTO_CLEANUP_ENABLED: 'false',
    });
    expect(changed.get('deduplicateEvents')).toEqual({ pattern: '15 1 * * *', timeZone: 'Europe/Berlin' });
    expect(changed.get('applyRetention')).toBeNull();
  });

  test.each(['TRACKING_DEDUPLICATION_CRON', 'TRACKING_RETENTION_CRON'])('%s that is none is named', (setting) => {
    expect(() => byJob({ [setting]: '0 25 * * *' })).toThrow(
      new RegExp(`^${setting}="0 25 \\* \\* \\*" is no schedule`),
    );
  });
});
