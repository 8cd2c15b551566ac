import { PATTERN_DAYS, type PatternRun } from '@tallymark/contract/patterns';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { findLatestPatternRun, insertPatternRun } from '@tallymark/prisma/stores/pattern-runs';
import { readPatternSessions } from '@tallymark/prisma/stores/pattern-sessions';
import { readPatternVisitors } from '@tallymark/prisma/stores/pattern-visitors';
import { listSites } from '@tallymark/prisma/stores/site-list';
import type { Logger } from 'pino';
import { findClusters } from './find-clusters.ts';
import { findPaths } from './find-paths.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** It is looked at night, in this hour; at any other when last night's run is missing. */
const NIGHT_HOUR = 3;
const FRESH_MS = 20 * HOUR_MS;
const MISSING_MS = 26 * HOUR_MS;
const MOST_VISITORS = 10_000;
const MOST_SESSIONS = 20_000;

export interface PatternDeps {
  readonly store: SqlExecutor;
  /** What evening and night are those of. */
  readonly timeZone: string;
  readonly now: () => Date;
}

export interface PatternRound {
  readonly sites: number;
  readonly clusters: number;
  readonly paths: number;
}

/** The nightly look at what visitors have in common, site by site. A site without a run gets its first as soon as it has visitors. */
export class PatternService {
  constructor(private readonly deps: PatternDeps) {}

  /** Looks at every site whose run is due, for a schedule that asks often. A run that is broken off is made again. */
  async findAll({ log, signal }: { readonly log: Logger; readonly signal: AbortSignal }): Promise<PatternRound> {
    const { store } = this.deps;
    const round = { sites: 0, clusters: 0, paths: 0 };
    const failed: unknown[] = [];
    for (const { siteId } of await listSites(store)) {
      signal.throwIfAborted();
      const latest = await findLatestPatternRun(store, siteId);
      if (latest && !this.isDue(latest.finishedAt)) continue;
      try {
        const run = await this.find(siteId);
        if (!run) continue;
        const { clusters, paths, ms } = run;
        log.info({ siteId, clusters: clusters.length, paths: paths.length, ms }, 'looked for patterns');
        round.sites += 1;
        round.clusters += clusters.length;
        round.paths += paths.length;
      } catch (error) {
        // One site must not keep the others from theirs.
        log.error({ siteId, err: error }, 'could not look for patterns');
        failed.push(error);
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, `No patterns of ${failed.length} sites; the log says why.`);
    return round;
  }

  /** Looks at one site now, and keeps what it finds. Null, and nothing is kept, where nobody was there. */
  async find(siteId: string): Promise<PatternRun | null> {
    const { store, timeZone, now } = this.deps;
    const started = performance.now();
    const to = now();
    const scope = { siteId, from: new Date(to.getTime() - PATTERN_DAYS * DAY_MS), to };
    const visitors = await readPatternVisitors(store, scope, { timeZone, most: MOST_VISITORS });
    const sessions = await readPatternSessions(store, scope, MOST_SESSIONS);
    if (visitors.length === 0 && sessions.length === 0) return null;
    const found = await findClusters(visitors);
    const result: PatternRun = {
      from: scope.from.toISOString(),
      to: to.toISOString(),
      visitors: visitors.length,
      sessions: sessions.length,
      ...found,
      paths: await findPaths(sessions),
      ms: Math.round(performance.now() - started),
    };
    await insertPatternRun(store, { siteId, at: now(), result });
    return result;
  }

  private isDue(finishedAt: Date): boolean {
    const { now, timeZone } = this.deps;
    const ageMs = now().getTime() - finishedAt.getTime();
    const hour = Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(now()));
    return ageMs >= MISSING_MS || (ageMs >= FRESH_MS && hour === NIGHT_HOUR);
  }
}
