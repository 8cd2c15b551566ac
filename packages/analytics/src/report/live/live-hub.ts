import { setTimeout as sleep } from 'node:timers/promises';
import { LIVE_EVENTS_KEPT, type LiveStream, type LiveStreamReader } from '@tallymark/redis/live-stream';
import type { Logger } from 'pino';
import { LiveError } from './live-error.ts';
import { type LiveDelivery, type LiveQuestion, liveMessages } from './live-messages.ts';
import { LiveSite } from './live-site.ts';

export interface LiveHubDeps {
  readonly stream: LiveStream;
  readonly log: Logger;
  readonly now: () => Date;
  /** Readers of this process. Default 500. */
  readonly mostReaders?: number;
  /** Of one user, in this process. Default 20. */
  readonly mostOfOneUser?: number;
  /** Sites they watch. Default 100. */
  readonly mostSites?: number;
  /** Events a reader may be behind before it goes on with what comes next. Default 2,000. */
  readonly mostBehind?: number;
}

const MOST_READERS = 500;
const MOST_OF_ONE_USER = 20;
const MOST_SITES = 100;
const MOST_BEHIND = 2_000;
const TICK_MS = 1_000;
/** Also how long it takes at most until a site that somebody begins to watch is read along with the others. */
const READ_WAIT_MS = 250;
const PAUSE_AFTER_FAILURE_MS = 200;
/** Well within the time a stream lives on by itself. */
const KEEP_TICKS = 60;

/**
 * Lets any number of readers watch sites. Redis is read once for all readers of a site, over one connection that is there
 * as long as anybody watches.
 */
export class LiveHub {
  private readonly sites = new Map<string, LiveSite>();
  private readonly opening = new Map<string, Promise<LiveSite>>();
  /** Who reads; null where nobody knows. */
  private readonly readers = new Map<AbortController, string | null>();
  private running: { readonly reader: LiveStreamReader; readonly ticks: NodeJS.Timeout } | null = null;
  private reading: Promise<void> = Promise.resolve();
  private upToDate = true;
  private closed = false;

  constructor(private readonly deps: LiveHubDeps) {}

  /** Readers and sites there are now. */
  get watched(): { readonly readers: number; readonly sites: number } {
    return { readers: this.readers.size, sites: this.sites.size };
  }

  /**
   * What happens on a site, until the signal aborts. A reader that takes its time is told what it has missed.
   *
   * @throws LiveError `too_many`, `unavailable` while Redis is away at the start, `closed` when this process ends.
   */
  async *watch(
    siteId: string,
    question: LiveQuestion,
    signal: AbortSignal,
    user: string | null = null,
  ): AsyncGenerator<LiveDelivery, void> {
    if (this.closed) throw closedError();
    if (this.readers.size >= (this.deps.mostReaders ?? MOST_READERS)) throw tooMany('live streams');
    // Whoever opens all there are keeps everybody else out.
    if (user !== null && this.readersOf(user) >= (this.deps.mostOfOneUser ?? MOST_OF_ONE_USER)) throw tooManyOfOne();
    const reader = new AbortController();
    const stop = () => reader.abort();
    this.readers.set(reader, user);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let site: LiveSite | null = null;
    try {
      site = await this.enter(siteId);
      const mostBehind = this.deps.mostBehind ?? MOST_BEHIND;
      yield* liveMessages(site, question, { signal: reader.signal, mostBehind });
      if (this.closed) throw closedError();
    } finally {
      signal.removeEventListener('abort', stop);
      this.readers.delete(reader);
      if (site) this.leave(siteId, site);
    }
  }

  /** Ends all readers, and lets nobody in any more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const reader of this.readers.keys()) reader.abort();
    this.stop();
    await this.reading;
  }

  private readersOf(user: string): number {
    return [...this.readers.values()].filter((one) => one === user).length;
  }

  private async enter(siteId: string): Promise<LiveSite> {
    const site = this.sites.get(siteId) ?? (await this.open(siteId));
    if (this.closed) throw closedError();
    site.watchers += 1;
    return site;
  }

  private open(siteId: string): Promise<LiveSite> {
    const known = this.opening.get(siteId);
    if (known) return known;
    if (this.sites.size + this.opening.size >= (this.deps.mostSites ?? MOST_SITES)) {
      return Promise.reject(tooMany('sites with live streams'));
    }
    const opened = this.load(siteId).finally(() => this.opening.delete(siteId));
    this.opening.set(siteId, opened);
    return opened;
  }

  private async load(siteId: string): Promise<LiveSite> {
    const { stream, now } = this.deps;
    const entries = await stream.open(siteId).catch((error: unknown) => {
      throw new LiveError('unavailable', 'Redis, which live streams come from, is away.', { cause: error });
    });
    const site = new LiveSite({ entries, kept: LIVE_EVENTS_KEPT, now });
    if (this.closed) throw closedError();
    this.sites.set(siteId, site);
    this.start();
    return site;
  }

  private leave(siteId: string, site: LiveSite): void {
    site.watchers -= 1;
    if (site.watchers > 0 || this.sites.get(siteId) !== site) return;
    this.sites.delete(siteId);
    if (this.sites.size === 0) this.stop();
  }

  private start(): void {
    if (this.running) return;
    let ticks = 0;
    const tick = () => {
      ticks += 1;
      for (const site of this.sites.values()) site.tick(this.upToDate);
      if (ticks % KEEP_TICKS === 0) void this.keep();
    };
    const running = { reader: this.deps.stream.reader(), ticks: setInterval(tick, TICK_MS) };
    this.running = running;
    this.upToDate = true;
    this.reading = Promise.all([this.reading, this.readAlong(running.reader)]).then(() => {});
  }

  private stop(): void {
    if (!this.running) return;
    clearInterval(this.running.ticks);
    this.running.reader.close();
    this.running = null;
  }

  private async readAlong(reader: LiveStreamReader): Promise<void> {
    while (this.running?.reader === reader) {
      try {
        if (!this.upToDate) await this.takeUp();
        const positions = new Map([...this.sites].map(([siteId, { newest }]) => [siteId, newest.id] as const));
        const entries = await reader.read(positions, READ_WAIT_MS);
        for (const [siteId, more] of entries) this.sites.get(siteId)?.add(more);
      } catch (error) {
        if (this.running?.reader !== reader) return;
        if (this.upToDate) this.deps.log.warn({ err: error }, 'live streams stand still: Redis does not answer');
        this.upToDate = false;
        // A connection that is closed refuses at once: without a pause nothing else would get its turn.
        await sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  /** What was missed while Redis was away; it may have lost the streams, too. */
  private async takeUp(): Promise<void> {
    const { stream, log } = this.deps;
    for (const [siteId, site] of [...this.sites]) site.takeUp(await stream.open(siteId));
    this.upToDate = true;
    log.info('live streams go on');
  }

  private async keep(): Promise<void> {
    const { stream, log } = this.deps;
    await Promise.all([...this.sites.keys()].map((siteId) => stream.keep(siteId))).catch((error: unknown) =>
      log.debug({ err: error }, 'live streams could not be kept; the next minute will do'),
    );
  }
}

const closedError = () => new LiveError('closed', 'This process is shutting down.');

const tooManyOfOne = () =>
  new LiveError('too_many', 'You have as many live streams open as one user may have. Close one of them.');

const tooMany = (what: string) =>
  new LiveError('too_many', `This server has as many ${what} open as it can hold. Close one, or try again later.`);
