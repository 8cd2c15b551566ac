import type { PrismaClient } from '@tallymark/prisma/client';
import { listCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import type { MarksToRevert } from '@tallymark/prisma/stores/duplicates-revert';
import { readLedger } from '@tallymark/prisma/stores/ledger';
import { CheckedFingerprints } from '@tallymark/redis/checked-fingerprints';
import type { RedisClient } from '@tallymark/redis/connect';
import { type DatabaseRunOptions, type DeduplicationResult, runDeduplication } from './database-run.ts';
import { type FingerprintFields, generateFingerprint } from './fingerprint.ts';
import { type DeduplicationRates, monitorRates } from './rate-monitor.ts';
import { revertDeduplication } from './revert.ts';
import { type DatabaseDeduplicationStats, readRunStats } from './run-stats.ts';

export interface DeduplicationStats {
  /** Events and fingerprints that were checked. */
  readonly totalChecks: number;
  readonly duplicatesFound: number;
  /** Per cent. */
  readonly deduplicationRate: number;
}

export interface DeduplicationOptions {
  /** How long a fingerprint is remembered; default 60. */
  readonly deduplicationTtlSeconds?: number;
  /** Event types that a run never compares; `aggregatedTypes(plan)` names them. */
  readonly aggregatedTypes?: readonly string[];
  /** Per cent of repeats above which a site is not healthy; default 10. */
  readonly alertPercent?: number;
  /** Events below which a site is healthy in any case; default 100. */
  readonly alertMinimumEvents?: number;
  readonly now?: () => Date;
}

const DEDUPLICATION_TTL_SECONDS = 60;
const ALERT_PERCENT = 10;
const ALERT_MINIMUM_EVENTS = 100;
const MONITORED_HOURS = 24;

/**
 * Repeats: fingerprints, for whoever wants to ask before doing the work (`ingest` checks its events by itself), and what
 * of them got into Postgres all the same. See docs/deduplication.md.
 */
export class EventDeduplicationService {
  private readonly fingerprints: CheckedFingerprints;
  private readonly now: () => Date;

  constructor(
    private readonly prisma: PrismaClient,
    redis: RedisClient,
    private readonly options: DeduplicationOptions = {},
  ) {
    this.fingerprints = new CheckedFingerprints(redis);
    this.now = options.now ?? (() => new Date());
  }

  /** SHA-256 over type, actor, session, entity and second; see `fingerprint.ts`. */
  generateFingerprint(fields: FingerprintFields): string {
    return generateFingerprint(fields);
  }

  /** True when the fingerprint was ingested or checked within the last minute; from now on it was. */
  async checkDuplicate(fingerprint: string): Promise<boolean> {
    const shards = (await listCheckpoints(this.prisma)).map(({ shard }) => shard);
    const ttlSeconds = this.options.deduplicationTtlSeconds ?? DEDUPLICATION_TTL_SECONDS;
    return this.fingerprints.check(fingerprint, { shards, ttlSeconds });
  }

  /** Of all instances: flushed events and fingerprints checked here. */
  async getStats(): Promise<DeduplicationStats> {
    const [ledger, checked] = await Promise.all([readLedger(this.prisma), this.fingerprints.stats()]);
    const totalChecks = ledger.accepted + ledger.duplicates + checked.checks;
    const duplicatesFound = ledger.duplicates + checked.duplicates;
    return {
      totalChecks,
      duplicatesFound,
      deduplicationRate: totalChecks === 0 ? 0 : (100 * duplicatesFound) / totalChecks,
    };
  }

  /**
   * Marks the repeats among the events of the last `hours`, and takes off marks that are no longer right. Deletes
   * nothing. @throws RangeError for hours that are not positive; whatever the database throws.
   */
  runDatabaseDeduplication(hours: number, run?: DatabaseRunOptions): Promise<DeduplicationResult> {
    const { prisma, now } = this;
    return runDeduplication({ prisma, now, aggregatedTypes: this.options.aggregatedTypes ?? [] }, hours, run);
  }

  /** Takes back marks by hand, for good: those that a run wrote last, or those of some events. */
  revertDeduplication(which: MarksToRevert): Promise<{ reverted: number }> {
    const { prisma, now } = this;
    return revertDeduplication({ prisma, now }, which);
  }

  /** What the runs did, of all instances. */
  getDeduplicationStats(): Promise<DatabaseDeduplicationStats> {
    return readRunStats(this.prisma);
  }

  /** The share of repeats by site, of the last `hours` and the one that has begun. Whoever asks raises the alert. */
  monitorDeduplicationRates({ hours = MONITORED_HOURS }: { hours?: number } = {}): Promise<DeduplicationRates> {
    const thresholdPercent = this.options.alertPercent ?? ALERT_PERCENT;
    const minimumEvents = this.options.alertMinimumEvents ?? ALERT_MINIMUM_EVENTS;
    return monitorRates(this.prisma, { hours, now: this.now(), thresholdPercent, minimumEvents });
  }
}
