import type { OpsProjections } from '@tallymark/contract/reports/ops';
import { type ProjectionRow, readLogLag, readProjections } from '@tallymark/prisma/stores/ops-projections';
import { type FoldSample, FoldSamples } from '@tallymark/redis/fold-samples';
import { onPrimary } from './on-primary.ts';
import type { ReportDeps } from './report-deps.ts';

/** How far every projection is, how fast, and why one stands still. */
export async function askOpsProjections(deps: ReportDeps): Promise<OpsProjections> {
  const { rows, lag } = await onPrimary(deps, 'ops.projections', async (db) => ({
    rows: await readProjections(db),
    lag: await readLogLag(db),
  }));
  const now = deps.now();
  const folded = Object.fromEntries(rows.map((row) => [row.name, row.folded]));
  const sample = { atMs: now.getTime(), folded };
  const before = deps.redis ? await new FoldSamples(deps.redis).replace(sample) : null;
  const { rowsBehind, eventsBehind, oldestAt, secondsBehind } = lag;
  return {
    facts: { rowsBehind, eventsBehind, oldestAt: oldestAt?.toISOString() ?? null, secondsBehind },
    projections: rows.map((row) => shown(row, ratesBetween(before, sample)(row.name))),
    at: (rows[0]?.at ?? now).toISOString(),
  };
}

/** What was folded a second between two samples; null where it is not known. A rebuilt database may have begun anew. */
function ratesBetween(before: FoldSample | null, after: FoldSample): (name: string) => number | null {
  return (name) => {
    const [from, to] = [before?.folded[name], after.folded[name]];
    if (before === null || from === undefined || to === undefined || to < from) return null;
    return (to - from) / ((after.atMs - before.atMs) / 1_000);
  };
}

function shown(
  { phase, processed, total, startedAt, at: _at, foldedAt, failedAt, ...row }: ProjectionRow,
  perSecond: number | null,
): OpsProjections['projections'][number] {
  return {
    ...row,
    state: stateOf({ failed: failedAt !== null, attempts: row.attempts, rebuilding: phase !== null }),
    perSecond,
    foldedAt: foldedAt?.toISOString() ?? null,
    failedAt: failedAt?.toISOString() ?? null,
    rebuild:
      phase === null || startedAt === null
        ? null
        : { phase, processed: processed ?? 0, total, startedAt: startedAt.toISOString() },
  };
}

function stateOf(of: { failed: boolean; attempts: number; rebuilding: boolean }) {
  if (of.failed) return 'failed';
  if (of.attempts > 0) return 'retrying';
  return of.rebuilding ? 'rebuilding' : 'running';
}
