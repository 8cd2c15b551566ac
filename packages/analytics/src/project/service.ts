import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import { analyzeWhereDue } from '@tallymark/prisma/stores/analyze';
import { releaseFacts } from '@tallymark/prisma/stores/fact-checkpoint';
import {
  dropFoldedRetractions,
  FACTS,
  listProjections,
  lockRetractions,
  type ProjectionState,
  registerProjections,
} from '@tallymark/prisma/stores/projections';
import { requestRebuild, supersedeRebuilds } from '@tallymark/prisma/stores/rebuilds';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import type { Logger } from 'pino';
import { FACTS_VERSION } from './compare-all-facts.ts';
import type { FactDeps } from './fact-deps.ts';
import { type FoldOutcome, foldFacts, foldTransaction, foldUnenriched } from './fold-facts.ts';
import { foldProjection } from './fold-projection.ts';
import { planFacts } from './plan-facts.ts';
import type { Projection } from './projection.ts';
import { runProjection } from './projection-loop.ts';
import { projectionsOf } from './projections.ts';
import { stepRebuild } from './rebuild.ts';
import { steps } from './step-size.ts';
import { buildVisitorSketches } from './visitor-sketches.ts';

export interface ProjectionOptions {
  readonly prisma: PrismaClient;
  readonly plan: TrackingPlan;
  readonly log: Logger;
  readonly now?: () => Date;
  /** How long events wait for their enrichment before they count without it; null where nothing is enriched. */
  readonly enrichmentPatienceMs?: number | null;
  /** Default: those of this package. */
  readonly projections?: readonly Projection[];
  readonly pollMs?: number;
  /** Events in one fold of facts. */
  readonly eventsAtOnce?: number;
  /** Folds of facts in one fold of a projection. */
  readonly changesAtOnce?: number;
}

const PATIENCE_MS = 60_000;
const POLL_MS = 500;
const EVENTS_AT_ONCE = 5_000;
const CHANGES_AT_ONCE = 10;
/** Late events, and what is no longer needed, are looked for once in so many idle turns. */
const CHORES_EVERY = 10;
/** Folds of facts after which statistics of the tables are looked at, however much is still to fold. */
const ANALYZE_EVERY = 20;

/** Folds stored events into read models. Any number of processes may; each projection is folded by one at a time. */
export class ProjectionService {
  readonly projections: readonly Projection[];
  private readonly deps: FactDeps;
  private readonly pollMs: number;
  private readonly changesAtOnce: number;
  private readonly stopping = new AbortController();
  private loops: Promise<unknown> | null = null;
  private idleTurns = 0;
  private factFolds = 0;
  private held = false;

  constructor(options: ProjectionOptions) {
    const { prisma, plan, log, now = () => new Date(), enrichmentPatienceMs = PATIENCE_MS } = options;
    const { eventsAtOnce = EVENTS_AT_ONCE } = options;
    this.deps = { prisma, plan, facts: planFacts(plan), log, now, enrichmentPatienceMs, eventsAtOnce };
    this.projections = options.projections ?? projectionsOf(plan);
    this.pollMs = options.pollMs ?? POLL_MS;
    this.changesAtOnce = options.changesAtOnce ?? CHANGES_AT_ONCE;
  }

  /** Begins folding in this process, each projection beside the others. */
  start(): void {
    const { deps, pollMs } = this;
    const { signal } = this.stopping;
    this.loops ??= this.registered().then(() =>
      Promise.all([
        runProjection({
          deps,
          name: FACTS,
          fold: () => this.stepFacts(),
          rebuild: () => this.stepRebuild(null),
          pollMs,
          signal,
        }),
        ...this.projections.map((projection) => {
          const sizes = { name: projection.name, most: this.changesAtOnce, log: deps.log };
          return runProjection({
            deps,
            name: projection.name,
            fold: steps(sizes, (size) => foldProjection(deps.prisma, projection, size)),
            rebuild: steps(sizes, (size) => stepRebuild(deps, projection, size)),
            pollMs,
            signal,
          });
        }),
      ]),
    );
  }

  /** Resolves once the folds in hand are committed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loops;
    const { prisma, facts, log } = this.deps;
    // Nothing is lost without it: another plan then waits for a minute.
    await releaseFacts(prisma, facts.digest).catch((err: unknown) => log.debug({ err }, 'facts were not released'));
  }

  /** Folds until nothing is left to fold, rebuilds and sketches included. For tests, benchmarks and scripts. */
  async catchUp(): Promise<void> {
    await this.register();
    while (
      (await this.stepFacts()) === 'folded' ||
      (await this.stepRebuild(null)) === 'folded' ||
      (await foldUnenriched(this.deps)) === 'folded'
    ) {}
    for (const projection of this.projections) {
      while (await this.foldOrRebuild(projection)) {}
    }
    await buildVisitorSketches(this.deps.prisma, { now: this.deps.now() });
    await releaseFacts(this.deps.prisma, this.deps.facts.digest);
  }

  /** Every projection and how far it is. */
  list(): Promise<ProjectionState[]> {
    return listProjections(this.deps.prisma);
  }

  private async registered(): Promise<void> {
    // The database may not be there yet.
    while (!this.stopping.signal.aborted) {
      try {
        return await this.register();
      } catch (error) {
        this.deps.log.warn({ err: error }, 'projections cannot be registered yet');
        await new Promise((resolve) => setTimeout(resolve, this.pollMs));
      }
    }
  }

  private async register(): Promise<void> {
    const { prisma, log } = this.deps;
    await registerProjections(prisma, [{ name: FACTS, version: FACTS_VERSION }, ...this.projections]);
    const states = new Map((await this.list()).map((state) => [state.name, state]));
    for (const { name, version } of this.projections) {
      const present = states.get(name)?.version ?? version;
      if (present > version) {
        const facts = { projection: name, present, version };
        log.warn(facts, 'this process is older than the read model, and leaves it to newer ones');
      }
      if (present >= version) continue;
      await supersedeRebuilds(prisma, { projection: name, version });
      await requestRebuild(prisma, { projection: name, version, floor: await retentionFloor(prisma) });
    }
  }

  private async stepFacts(): Promise<FoldOutcome> {
    const folded = await foldFacts(this.deps);
    if (folded === 'held' && !this.held) {
      this.deps.log.warn('processes with another tracking plan fold events; this one waits until they are gone');
    }
    this.held = folded === 'held';
    this.factFolds += 1;
    if (this.factFolds % ANALYZE_EVERY === 0) await this.analyze();
    if (folded === 'folded') return 'folded';
    this.idleTurns += 1;
    return this.idleTurns % CHORES_EVERY === 0 ? this.doChores() : 'idle';
  }

  private async analyze(): Promise<void> {
    const { prisma, log } = this.deps;
    try {
      const tables = await analyzeWhereDue(prisma);
      if (tables.length > 0) log.info({ tables }, 'statistics of partitioned tables brought up to date');
    } catch (error) {
      log.warn({ err: error }, 'statistics of partitioned tables wait for the next turn');
    }
  }

  /** What is no fold: none of it may stop facts. */
  private async doChores(): Promise<FoldOutcome> {
    const { prisma, now, log } = this.deps;
    try {
      await foldTransaction(prisma, async (tx) => {
        await lockRetractions(tx);
        await dropFoldedRetractions(tx);
      });
      await buildVisitorSketches(prisma, { now: now(), signal: this.stopping.signal });
    } catch (error) {
      log.warn({ err: error }, 'sketches and retractions wait for the next turn');
    }
    return foldUnenriched(this.deps);
  }

  private async foldOrRebuild(projection: Projection): Promise<boolean> {
    const folded = await foldProjection(this.deps.prisma, projection, this.changesAtOnce);
    const rebuilt = await this.stepRebuild(projection);
    return folded === 'folded' || rebuilt === 'folded';
  }

  /** Null: of facts. */
  private stepRebuild(projection: Projection | null): Promise<FoldOutcome> {
    return stepRebuild(this.deps, projection, this.changesAtOnce);
  }
}
