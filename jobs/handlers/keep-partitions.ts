import { PartitionKeeper } from '@tallymark/analytics/ingest/partition-keeper';
import type { JobHandler } from '../job-handler.ts';
import type { WorkerServices } from '../worker.ts';

/** Makes the partitions of the coming months. */
export function keepPartitions({ prisma, now }: Pick<WorkerServices, 'prisma' | 'now'>): JobHandler<'keepPartitions'> {
  const partitions = new PartitionKeeper(prisma);
  return async () => {
    await partitions.keepAhead(now());
    return {};
  };
}
