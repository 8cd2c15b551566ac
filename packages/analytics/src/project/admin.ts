import { NamedError } from '@tallymark/contract/named-error';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { ProjectionRebuild, ProjectionStatus } from '@tallymark/contract/reports/projections';
import type { PrismaClient } from '@tallymark/prisma/client';
import { FACTS, listProjections, readProjection, resumeProjection } from '@tallymark/prisma/stores/projections';
import {
  listRebuilds,
  type Rebuild,
  requestRebuild,
  runningRebuilds,
  supersedeRebuilds,
} from '@tallymark/prisma/stores/rebuilds';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';
import { FACTS_VERSION } from './compare-all-facts.ts';
import { projectionsOf } from './projections.ts';
import { endRebuild } from './rebuild.ts';

export type ProjectionErrorCode = 'unknown_projection' | 'already_rebuilding' | 'not_rebuilding';

/** What cannot be done to a projection, and why. */
export class ProjectionError extends NamedError {
  static override readonly errorName = 'ProjectionError';
  constructor(
    readonly code: ProjectionErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** What admins see and do of projections. The work itself is done by the processes that fold. */
export class ProjectionAdmin {
  constructor(private readonly deps: { readonly prisma: PrismaClient; readonly plan: TrackingPlan }) {}

  /** `facts` first. */
  async list(): Promise<ProjectionStatus[]> {
    const { prisma } = this.deps;
    const [states, rebuilding] = await Promise.all([listProjections(prisma), runningRebuilds(prisma)]);
    const latest = states.find(({ name }) => name === FACTS)?.change ?? 0n;
    const statuses = states.map(({ change, folded, foldedAt, failedAt, nextAttemptAt: _next, ...state }) => ({
      ...state,
      state: stateOf({ failedAt, attempts: state.attempts, rebuilding: rebuilding.includes(state.name) }),
      change: Number(change),
      behind: Number(latest - change),
      folded: Number(folded),
      foldedAt: foldedAt?.toISOString() ?? null,
      failedAt: failedAt?.toISOString() ?? null,
    }));
    return statuses.sort((a, b) => Number(b.name === FACTS) - Number(a.name === FACTS));
  }

  /** The latest first. */
  async rebuilds(limit = 50): Promise<ProjectionRebuild[]> {
    return (await listRebuilds(this.deps.prisma, limit)).map(shown);
  }

  /**
   * Has a read model folded anew beside the one that is read, compared with it and put in its place; `facts` are compared
   * with the events one by one. One that stands still gets new attempts. @throws ProjectionError
   */
  async rebuild(name: string): Promise<ProjectionRebuild> {
    const projection = this.requireProjection(name);
    const { prisma } = this.deps;
    // Of the version that is read, so that whoever folds it can make it anew; or of ours, where nobody folds it any more.
    const read = (await readProjection(prisma, name))?.version ?? 0;
    const version = Math.max(read, projection?.version ?? FACTS_VERSION);
    await supersedeRebuilds(prisma, { projection: name, version });
    const rebuild = await requestRebuild(prisma, { projection: name, version, floor: await retentionFloor(prisma) });
    if (rebuild === null) throw new ProjectionError('already_rebuilding', `"${name}" is being rebuilt already.`);
    await resumeProjection(prisma, name);
    return shown(rebuild);
  }

  /** Gives a rebuild up; the read model stays as it is. @throws ProjectionError */
  async cancel(name: string): Promise<void> {
    const projection = this.requireProjection(name);
    if (await endRebuild(this.deps, projection, { phase: 'cancelled', error: null })) return;
    throw new ProjectionError(
      'not_rebuilding',
      `"${name}" is not being rebuilt, or a step of it is under way: try again.`,
    );
  }

  /** Gives a projection that stands still new attempts. @throws ProjectionError */
  async resume(name: string): Promise<void> {
    const projection = this.requireProjection(name);
    const { prisma } = this.deps;
    const state = await readProjection(prisma, name);
    const outdated = projection !== null && state !== null && state.version < projection.version;
    // What it lacks is a rebuild; one that is under way goes on.
    if (outdated && !(await runningRebuilds(prisma)).includes(name)) await this.rebuild(name);
    else await resumeProjection(prisma, name);
  }

  /** Null for facts. */
  private requireProjection(name: string) {
    if (name === FACTS) return null;
    const all = projectionsOf(this.deps.plan);
    const projection = all.find((one) => one.name === name);
    if (projection) return projection;
    const known = [FACTS, ...all.map((one) => one.name)].join(', ');
    throw new ProjectionError('unknown_projection', `There is no projection "${name}"; there are ${known}.`);
  }
}

function stateOf(of: { failedAt: Date | null; attempts: number; rebuilding: boolean }): ProjectionStatus['state'] {
  if (of.failedAt !== null) return 'failed';
  if (of.attempts > 0) return 'retrying';
  return of.rebuilding ? 'rebuilding' : 'running';
}

const shown = ({
  processed,
  total,
  factsDiffer,
  rowsDiffer,
  cursor: _cursor,
  version: _version,
  ...rebuild
}: Rebuild): ProjectionRebuild => ({
  ...rebuild,
  processed: Number(processed),
  total: total === 0n ? null : Number(total),
  factsDiffer: Number(factsDiffer),
  rowsDiffer: Number(rowsDiffer),
  floor: rebuild.floor?.toISOString() ?? null,
  startedAt: rebuild.startedAt.toISOString(),
  finishedAt: rebuild.finishedAt?.toISOString() ?? null,
});
