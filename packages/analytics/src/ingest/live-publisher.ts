import { hash } from 'node:crypto';
import type { EventRow } from '@tallymark/contract/event-row';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Receipt } from '@tallymark/contract/receipt';
import type { LiveStream } from '@tallymark/redis/live-stream';
import type { Logger } from 'pino';
import { type LiveRecord, liveRecordOf, writeLiveEvents } from '../report/live/live-wire.ts';

/** What the publisher needs to know of an event: its row, where it came so far. */
export interface PublishedEvent {
  readonly outcome: { readonly row: EventRow } | { readonly status: string };
}

export interface LivePublisherDeps {
  readonly stream: LiveStream;
  readonly plan: TrackingPlan;
  /** Visitors are shown under a hash that nobody can find out without it. */
  readonly hashSalt: string;
  readonly log: Logger;
  /** Events that may wait. Default 2,000. */
  readonly mostWaiting?: number;
}

/** Events of one site that wait to be published, and how many were left out before them. */
interface Waiting {
  records: LiveRecord[];
  lost: number;
}

/** What is accepted meanwhile goes in one entry: Redis writes each to its disk. */
const GATHER_MS = 50;
/** While there is only a loss to tell of. */
const RETRY_MS = 1_000;
const MOST_WAITING = 2_000;
const EVENTS_PER_ENTRY = 500;
const TAG_LENGTH = 10; // base64url characters: 60 bits

/**
 * Hands accepted events to those who watch, beside ingest: it waits for nothing, throws nothing and holds a bounded number
 * of events. What cannot be handed over is left out, and whoever watches is told how many events that were.
 */
export class LivePublisher {
  private readonly sites = new Map<string, Waiting>();
  private waiting = 0;
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly deps: LivePublisherDeps) {}

  /** Of the events of a request, those that were accepted. */
  publish(events: readonly PublishedEvent[], receipts: readonly Receipt[]): void {
    if (this.closed) return;
    for (let at = 0; at < receipts.length; at += 1) {
      const outcome = events[at]?.outcome;
      if (receipts[at]?.status !== 'accepted' || !outcome || !('row' in outcome)) continue;
      const site = this.siteOf(outcome.row.siteId);
      if (this.waiting >= (this.deps.mostWaiting ?? MOST_WAITING)) site.lost += 1;
      else {
        site.records.push(liveRecordOf(outcome.row, this.deps.plan));
        this.waiting += 1;
      }
    }
    if (this.sites.size > 0) this.later(GATHER_MS);
  }

  /** Publishes what waits, and takes nothing more. Never rejects. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.working;
    await this.work();
  }

  private siteOf(siteId: string): Waiting {
    const known = this.sites.get(siteId);
    if (known) return known;
    const site = { records: [], lost: 0 };
    this.sites.set(siteId, site);
    return site;
  }

  private later(ms: number): void {
    if (this.timer || this.working || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.working = this.work().finally(() => {
        this.working = null;
        if (this.sites.size === 0) return;
        this.later(this.waiting > 0 ? GATHER_MS : RETRY_MS);
      });
    }, ms);
    this.timer.unref();
  }

  private async work(): Promise<void> {
    const sites = [...this.sites];
    this.sites.clear();
    this.waiting = 0;
    await Promise.all(sites.map(([siteId, site]) => this.append(siteId, site)));
  }

  private async append(siteId: string, { records, lost }: Waiting): Promise<void> {
    const { stream, log } = this.deps;
    let at = 0;
    let before = lost;
    try {
      do {
        // Asked first: a command that is refused would be reported as one whose outcome is unknown.
        if (!stream.ready) throw new Error('Redis is away.');
        const part = records.slice(at, at + EVENTS_PER_ENTRY);
        const json = writeLiveEvents(part, this.tagger(siteId));
        await stream.append(siteId, { json, count: part.length, lost: before });
        before = 0;
        at += EVENTS_PER_ENTRY;
      } while (at < records.length);
    } catch (error) {
      const left = Math.max(0, records.length - at) + before;
      this.siteOf(siteId).lost += left;
      log.debug({ err: error, siteId, events: left }, 'events could not be shown live');
    }
  }

  /** Of one visitor there are often several events in a row. */
  private tagger(siteId: string): (visitorId: string) => string {
    let last = '';
    let tag = '';
    return (visitorId) => {
      if (visitorId === last) return tag;
      last = visitorId;
      tag = hash('sha1', `${this.deps.hashSalt}\n${siteId}\n${visitorId}`, 'base64url').slice(0, TAG_LENGTH);
      return tag;
    };
  }
}
