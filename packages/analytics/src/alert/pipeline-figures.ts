import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineFigure } from '@tallymark/contract/alerts';
import type { IngestStats } from '@tallymark/contract/stats';
import type { PrismaClient } from '@tallymark/prisma/client';
import { countDeadLetters } from '@tallymark/prisma/stores/dead-letter-counts';
import { readLogLag, readProjections } from '@tallymark/prisma/stores/ops-projections';
import { monitorRates } from '../dedup/rate-monitor.ts';
import type { EventIngestionService } from '../ingest/service.ts';
import { onPrimary } from '../report/on-primary.ts';

export interface PipelineFiguresDeps {
  readonly prisma: PrismaClient;
  readonly eventIngestion: Pick<EventIngestionService, 'getStats'>;
  readonly now: () => Date;
  /** Between two looks at a ledger that does not balance. */
  readonly lookAgainMs?: number;
}

const LOOK_AGAIN_MS = 500;
const LOOKS = 6;
/** Of ten events, one repeat is chance. */
const FEWEST_EVENTS = 100;
const MS_PER_SECOND = 1_000;

/** Figures of the pipeline as it is now. What several of them are read from is read once: make one for each round of rules. */
export class PipelineFigures {
  private stats: Promise<IngestStats> | null = null;
  private lag: Promise<number> | null = null;

  constructor(private readonly deps: PipelineFiguresDeps) {}

  /** Null where there is too little to say anything. */
  read(figure: PipelineFigure): Promise<number | null> {
    return this.readers[figure]();
  }

  private readonly readers: Readonly<Record<PipelineFigure, () => Promise<number | null>>> = {
    deduplication_rate: () => this.deduplicationRate(),
    stuck_shards: async () => (await this.readStats()).stuckShards.length,
    oldest_buffered_seconds: async () => ((await this.readStats()).oldestAgeMs ?? 0) / MS_PER_SECOND,
    dead_letters: async () => (await countDeadLetters(this.deps.prisma)).reduce((sum, { open }) => sum + open, 0),
    projection_lag_seconds: () => this.projectionLag(),
    ledger_difference: () => this.ledgerDifference(),
  };

  private readStats(): Promise<IngestStats> {
    this.stats ??= this.deps.eventIngestion.getStats();
    return this.stats;
  }

  /** Of the running hour and the one before it: in its first minutes an hour says little. */
  private async deduplicationRate(): Promise<number | null> {
    const { prisma, now } = this.deps;
    const options = { hours: 1, now: now(), thresholdPercent: 0, minimumEvents: FEWEST_EVENTS };
    const { sites } = await monitorRates(prisma, options);
    const rates = sites.filter((site) => site.accepted + site.duplicates >= FEWEST_EVENTS).map(({ rate }) => rate);
    return rates.length === 0 ? null : Math.max(...rates);
  }

  private projectionLag(): Promise<number> {
    this.lag ??= this.readProjectionLag();
    return this.lag;
  }

  private async readProjectionLag(): Promise<number> {
    const seconds = await onPrimary(this.deps, 'alerts.projectionLag', async (db) => [
      ...(await readProjections(db)).map(({ secondsBehind }) => secondsBehind),
      (await readLogLag(db)).secondsBehind,
    ]);
    return Math.max(0, ...seconds);
  }

  /**
   * The sums come from two stores, so that a flush between the two looks may be seen half. An event in flight is in its
   * place the next time, what is lost is not: only what each of several looks finds counts, and of that the least.
   */
  private async ledgerDifference(): Promise<number> {
    const { eventIngestion, lookAgainMs = LOOK_AGAIN_MS } = this.deps;
    let least = differenceOf(await eventIngestion.getStats());
    for (let look = 1; look < LOOKS && least > 0; look += 1) {
      await sleep(lookAgainMs);
      least = Math.min(least, differenceOf(await eventIngestion.getStats()));
    }
    return least;
  }
}

function differenceOf({ ledger }: IngestStats): number {
  const answered = ledger.accepted + ledger.duplicate + ledger.sampled + ledger.rejected;
  const kept = ledger.stored + ledger.aggregated + ledger.merged + ledger.buffered + ledger.deadLettered;
  return Math.max(Math.abs(ledger.received - answered), Math.abs(ledger.accepted - kept));
}
