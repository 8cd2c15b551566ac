import type { EventGroup, GroupCutoff } from '@tallymark/prisma/stores/retention-census';
import { retentionFloor } from '../ingest/time-rules.ts';
import type { RetentionConfig } from './config.ts';

export const ANY = '*';

export interface KeepRule {
  /** `*` is every site. */
  readonly siteId: string;
  /** `*` is every type. */
  readonly eventType: string;
  /** Days of 24 hours; null is for ever. */
  readonly keepDays: number | null;
}

/**
 * Before which time events may go. The most specific rule decides alone: (site, type), then (site, *), then (*, type),
 * then (*, *), which replaces the default of the settings.
 */
export class Cutoffs {
  /** For events that no rule names; null keeps them. */
  readonly fallback: Date | null;
  private readonly byRule: ReadonlyMap<string, Date | null>;

  constructor(rules: readonly KeepRule[], settings: RetentionConfig['cleanupOlderThan'], now: Date) {
    this.byRule = new Map(
      rules.map(({ siteId, eventType, keepDays }) => [
        keyOf(siteId, eventType),
        keepDays === null ? null : retentionFloor(now, { days: keepDays }),
      ]),
    );
    const everything = this.byRule.get(keyOf(ANY, ANY));
    this.fallback = everything === undefined ? retentionFloor(now, settings) : everything;
  }

  of({ siteId, eventType }: EventGroup): Date | null {
    for (const key of [keyOf(siteId, eventType), keyOf(siteId, ANY), keyOf(ANY, eventType)]) {
      const cutoff = this.byRule.get(key);
      if (cutoff !== undefined) return cutoff;
    }
    return this.fallback;
  }

  forGroups(groups: readonly EventGroup[]): GroupCutoff[] {
    return groups.map((group) => ({ ...group, cutoff: this.of(group) }));
  }

  /** Months that begin later hold nothing that may go; null when nothing may go at all. */
  newest(): Date | null {
    const times = [this.fallback, ...this.byRule.values()].flatMap((cutoff) => cutoff ?? []);
    return times.length === 0 ? null : new Date(Math.max(...times.map(Number)));
  }
}

const keyOf = (siteId: string, eventType: string) => `${siteId} ${eventType}`;
