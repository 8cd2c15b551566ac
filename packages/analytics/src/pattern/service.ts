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
/** A run younger than this is not made again: a worker that starts looks too. */
const FRESH_MS = 20 * 3_600_000;
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

/** The nightly look at what visitors have in common, site by site. */
export class PatternService {
  constructor(private readonly deps: PatternDeps) {}

  /** Looks at every site that has no run of today. A run that is broken off is made again by the next. */
  async findAll({ log, signal }: { readonly log: Logger; readonly signal: AbortSignal }): Promise<PatternRound> {
    const { store, now } = this.deps;
    const round = { sites: 0, clusters: 0, paths: 0 };
    for (const { siteId } of await listSites(store)) {
      signal.throwIfAborted();
      const latest = await findLatestPatternRun(store, siteId);
      if (latest && now().getTime() - latest.finishedAt.getTime() < FRESH_MS) continue;
      const { clusters, paths, ms } = await this.find(siteId);
      log.info({ siteId, clusters: clusters.length, paths: paths.length, ms }, 'looked for patterns');
      round.sites += 1;
      round.clusters += clusters.length;
      round.paths += paths.length;
    }
    return round;
  }

  /** Looks at one site now, and keeps what it finds. */
  async find(siteId: string): Promise<PatternRun> {
    const { store, timeZone, now } = this.deps;
    const started = performance.now();
    const to = now();
    const scope = { siteId, from: new Date(to.getTime() - PATTERN_DAYS * DAY_MS), to };
    const visitors = await readPatternVisitors(store, scope, { timeZone, most: MOST_VISITORS });
    const sessions = await readPatternSessions(store, scope, MOST_SESSIONS);
    const found = await findClusters(visitors);
    const result: PatternRun = {
      from: scope.from.toISOString(),
      to: to.toISOString(),
      visitors: visitors.length,
      sessions: sessions.length,
      ...found,
      paths: findPaths(sessions),
      ms: Math.round(performance.now() - started),
    };
    await insertPatternRun(store, { siteId, at: now(), result });
    return result;
  }
}
