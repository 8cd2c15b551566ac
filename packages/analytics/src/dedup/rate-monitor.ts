import type { PrismaClient } from '@tallymark/prisma/client';
import { readRates, type SiteRate } from '@tallymark/prisma/stores/deduplication-rates';

/** Repeats of one event type and client version: where to look. */
export interface WorstRate {
  /** Null where the client did not say. */
  readonly clientVersion: string | null;
  readonly eventType: string;
  readonly duplicates: number;
  /** Per cent. */
  readonly rate: number;
}

export interface SiteDeduplicationRate {
  readonly siteId: string;
  /** Per cent of the site's events that were repeats. */
  readonly rate: number;
  readonly healthy: boolean;
  /** Events that repeat nothing. */
  readonly accepted: number;
  /** Repeats found at ingest, and events marked by a run. */
  readonly duplicates: number;
  /** Up to three with the most repeats, most first. */
  readonly worst: readonly WorstRate[];
}

export interface DeduplicationRates {
  /** Whether all sites are. */
  readonly healthy: boolean;
  /** Per cent, of all sites together. */
  readonly rate: number;
  /** Per cent above which a site is not healthy. */
  readonly threshold: number;
  readonly sites: readonly SiteDeduplicationRate[];
}

export interface RateMonitorOptions {
  /** Whole hours before the one of `now`. */
  readonly hours: number;
  readonly now: Date;
  readonly thresholdPercent: number;
  /** A site with fewer events is healthy: of ten, one repeat is chance. */
  readonly minimumEvents: number;
}

const WORST_SHOWN = 3;
const MS_PER_HOUR = 3_600_000;

/** Holds each site's share of repeats, among all that was received, against the threshold. */
export async function monitorRates(prisma: PrismaClient, options: RateMonitorOptions): Promise<DeduplicationRates> {
  const { hours, now, thresholdPercent: threshold } = options;
  const thisHour = Math.floor(now.getTime() / MS_PER_HOUR) * MS_PER_HOUR;
  const since = new Date(thisHour - Math.ceil(hours) * MS_PER_HOUR);
  const sites = (await readRates(prisma, { since, worst: WORST_SHOWN })).map((site) => judge(site, options));
  const sum = (column: 'accepted' | 'duplicates') => sites.reduce((total, site) => total + site[column], 0);
  return {
    healthy: sites.every(({ healthy }) => healthy),
    rate: percent({ accepted: sum('accepted'), duplicates: sum('duplicates') }),
    threshold,
    sites,
  };
}

function judge(site: SiteRate, { thresholdPercent, minimumEvents }: RateMonitorOptions): SiteDeduplicationRate {
  const { siteId, accepted, duplicates } = site;
  const rate = percent(site);
  const worst = site.worst.map((part) => ({
    clientVersion: part.clientVersion === '' ? null : part.clientVersion,
    eventType: part.eventType,
    duplicates: part.duplicates,
    rate: percent(part),
  }));
  const healthy = rate <= thresholdPercent || accepted + duplicates < minimumEvents;
  return { siteId, rate, healthy, accepted, duplicates, worst };
}

function percent({ accepted, duplicates }: Pick<SiteRate, 'accepted' | 'duplicates'>): number {
  const received = accepted + duplicates;
  return received === 0 ? 0 : (100 * duplicates) / received;
}
