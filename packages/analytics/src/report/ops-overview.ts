import type { OpsOverview } from '@tallymark/contract/reports/ops';
import { readOpsOverview, storedLastMinute } from '@tallymark/prisma/stores/ops-overview';
import { readLogLag } from '@tallymark/prisma/stores/ops-projections';
import { onPrimary } from './on-primary.ts';
import type { ReportDeps } from './report-deps.ts';

/** How much there is of everything, and how fast it comes in. */
export function askOpsOverview(deps: ReportDeps): Promise<OpsOverview> {
  return onPrimary(deps, 'ops.overview', async (db) => {
    const overview = await readOpsOverview(db, deps.now());
    const { enrichedBehind } = await readLogLag(db);
    return {
      ...overview,
      uncounted: enrichedBehind,
      storedLastMinute: await storedLastMinute(db),
      at: overview.at.toISOString(),
    };
  });
}
