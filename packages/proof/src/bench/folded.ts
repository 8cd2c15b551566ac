import type { ProjectionAdmin } from '@tallymark/analytics/project/admin';

/** Whether every projection holds all facts there are. @throws Error when one stands still */
export async function isUpToDate(admin: ProjectionAdmin): Promise<boolean> {
  const [projections, rebuilds] = await Promise.all([admin.list(), admin.rebuilds()]);
  for (const { name, failedAt, lastError } of projections) {
    if (failedAt !== null) throw new Error(`${name} stands still: ${lastError}`);
  }
  return projections.every(({ behind }) => behind === 0) && rebuilds.every(({ finishedAt }) => finishedAt !== null);
}
