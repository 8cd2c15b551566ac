import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import {
  dropFoldedRetractions,
  FACTS,
  listProjections,
  type ProjectionState,
  registerProjections,
} from '@tallymark/prisma/stores/projections';
import { requestRebuild } from '@tallymark/prisma/stores/rebuilds';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import type { Logger } from 'pino';
import { type FactDeps, type FoldOutcome, foldFacts, foldUnenriched } from './fold-facts.ts';
import { foldProjection } from './fold-projection.ts';
import { planFacts } from './plan-facts.ts';
import type { Projection } from './projection.ts';
import { runProjection } from './projection-loop.ts';
import { projectionsOf } from './projections.ts';
import { stepRebuild } from './rebuild.ts';
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
const FACTS_VERSION = 1;

/** Folds stored events into read models. Any number of processes may; each projection is folded by one at a time. */
export class ProjectionService {
  readonly projections: readonly Projection[];
  private readonly deps: FactDeps;
  private readonly pollMs: number;
  private readonly changesAtOnce: number;
  private readonly stopping = new AbortController();
  private loops: Promise<unknown> | null = null;
  private idleTurns = 0;

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
        runProjection({ deps, name: FACTS, step: () => this.stepFacts(), pollMs, signal }),
        ...this.projections.map((projection) =>
          runProjection({ deps, name: projection.name, step: () => this.step(projection), pollMs, signal }),
        ),
      ]),
    );
  }

  /** Resolves once the folds in hand are committed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loops;
  }

  /** Folds until nothing is left to fold, rebuilds and sketches included. For tests, benchmarks and scripts. */
  async catchUp(): Promise<void> {
    await this.register();
    while ((await this.stepFacts()) === 'folded' || (await foldUnenriched(this.deps)) === 'folded') {}
    for (const projection of this.projections) {
      while ((await this.step(projection)) === 'folded') {}
    }
    await buildVisitorSketches(this.deps.prisma, { now: this.deps.now() });
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
    const { prisma } = this.deps;
    await registerProjections(prisma, [{ name: FACTS, version: FACTS_VERSION }, ...this.projections]);
    const states = new Map((await this.list()).map((state) => [state.name, state]));
    for (const { name, version } of this.projections) {
      if ((states.get(name)?.version ?? version) >= version) continue;
      await requestRebuild(prisma, { projection: name, floor: await retentionFloor(prisma) });
    }
  }

  private async stepFacts(): Promise<FoldOutcome> {
    const folded = await foldFacts(this.deps);
    const rebuilt = await stepRebuild(this.deps, null, this.changesAtOnce);
    if (folded === 'folded' || rebuilt === 'folded') return 'folded';
    this.idleTurns += 1;
    return this.idleTurns % CHORES_EVERY === 0 ? this.doChores() : 'idle';
  }

  /** What is no fold: none of it may stop facts. */
  private async doChores(): Promise<FoldOutcome> {
    const { prisma, now, log } = this.deps;
    try {
      await dropFoldedRetractions(prisma);
      await buildVisitorSketches(prisma, { now: now(), signal: this.stopping.signal });
    } catch (error) {
      log.warn({ err: error }, 'sketches and retractions wait for the next turn');
    }
    return foldUnenriched(this.deps);
  }

  private async step(projection: Projection): Promise<FoldOutcome> {
    const folded = await foldProjection(this.deps.prisma, projection, this.changesAtOnce);
    // A step of each in turn: under load there is always more to fold, and a rebuild must come to its end.
    const rebuilt = await stepRebuild(this.deps, projection, this.changesAtOnce);
    return folded === 'folded' ? folded : rebuilt;
  }
}
