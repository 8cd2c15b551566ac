import type { OpsStorage } from '@tallymark/contract/reports/ops';
import { databaseBytes, tableSizes } from '@tallymark/prisma/stores/ops-storage';
import { listPartitions } from '@tallymark/prisma/stores/partitions';
import { FACTS } from '@tallymark/prisma/stores/projections';
import { projectionsOf } from '../project/projections.ts';
import { onPrimary } from './on-primary.ts';
import type { ReportDeps } from './report-deps.ts';

/** Behind read models and beside events. */
const OTHER_TABLES = ['event_log', 'enrichment_backlog', 'duplicate_marks', 'business_history'];

/** What takes how much of the disk. */
export function askOpsStorage(deps: ReportDeps): Promise<OpsStorage> {
  const owners = new Map([
    ...projectionsOf(deps.plan).flatMap(({ name, tables }) => tables.map((table) => [table.name, name] as const)),
    ['fact_retractions', FACTS] as const,
    // Made of the rows of visitors once their day is over.
    ['visitor_sketches', 'visitors'] as const,
  ]);
  return onPrimary(deps, 'ops.storage', async (db) => {
    const partitions = await listPartitions(db);
    const byName = new Map(partitions.map((partition) => [partition.name, partition]));
    const sizes = await tableSizes(db, [...byName.keys(), ...owners.keys(), ...OTHER_TABLES]);
    return {
      databaseBytes: await databaseBytes(db),
      partitions: sizes.flatMap((size) => {
        const partition = byName.get(size.name);
        return partition ? { ...size, table: partition.table, from: partition.from.toISOString() } : [];
      }),
      tables: sizes
        .filter(({ name }) => !byName.has(name))
        .map((size) => ({ ...size, projection: owners.get(size.name) ?? null }))
        .sort((a, b) => b.bytes - a.bytes),
    };
  });
}
