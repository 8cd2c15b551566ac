import { resolve } from 'node:path';
import type { Settings } from '@tallymark/contract/settings';
import type { IngestionConfig } from '../ingest/config.ts';

/** How events are removed. */
export interface RetentionConfig {
  /** Age at which an event goes where no rule says otherwise. */
  readonly cleanupOlderThan: IngestionConfig['retention'];
  /** Folder that months are archived in before they go; null archives nothing. */
  readonly archiveDir: string | null;
  /** Events deleted in one transaction. */
  readonly batchRows: number;
  /** How long a run waits, for each month, for transactions of others that use the events. */
  readonly patienceMs: number;
}

export type RetentionOptions = Pick<RetentionConfig, 'cleanupOlderThan' | 'archiveDir'> & Partial<RetentionConfig>;

export function retentionConfig(options: RetentionOptions): RetentionConfig {
  return { batchRows: 5_000, patienceMs: 30_000, ...options };
}

/** The part of the configuration that comes from the environment. */
export function retentionOptionsFrom(settings: Settings): RetentionOptions {
  const days = settings.TRACKING_RETENTION_DAYS;
  const folder = settings.TRACKING_ARCHIVE_DIR;
  return {
    cleanupOlderThan: days === undefined ? { months: settings.TRACKING_CLEANUP_OLDER_THAN_MONTHS } : { days },
    archiveDir: folder === undefined ? null : resolve(folder),
  };
}
