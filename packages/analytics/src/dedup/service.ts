import type { PrismaClient } from '@tallymark/prisma/client';
import { listCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import { readLedger } from '@tallymark/prisma/stores/ledger';
import { CheckedFingerprints } from '@tallymark/redis/checked-fingerprints';
import type { RedisClient } from '@tallymark/redis/connect';
import { type FingerprintFields, generateFingerprint } from './fingerprint.ts';

export interface DeduplicationStats {
  /** Events and fingerprints that were checked. */
  readonly totalChecks: number;
  readonly duplicatesFound: number;
  /** Per cent. */
  readonly deduplicationRate: number;
}

export interface DeduplicationOptions {
  /** How long a fingerprint is remembered. */
  readonly deduplicationTtlSeconds?: number;
}

const DEDUPLICATION_TTL_SECONDS = 60;

/** Fingerprints, for whoever wants to ask about a repeat before doing the work. `ingest` checks its events by itself. */
export class EventDeduplicationService {
  private readonly fingerprints: CheckedFingerprints;

  constructor(
    private readonly prisma: PrismaClient,
    redis: RedisClient,
    private readonly options: DeduplicationOptions = {},
  ) {
    this.fingerprints = new CheckedFingerprints(redis);
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
}
