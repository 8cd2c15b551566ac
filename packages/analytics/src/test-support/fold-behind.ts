import { demoPlan } from '@tallymark/contract/demo-plan';
import { foldProjection } from '../project/fold-projection.ts';
import type { Projection } from '../project/projection.ts';
import { type ProjectionOptions, ProjectionService } from '../project/service.ts';
import { LOG } from './ingestion-world.ts';
import type { ReportWorld } from './report-world.ts';

/** Takes in whatever is new, in one fold or several, and leaves read models behind. */
export function foldFactsAlone(
  { prisma, clock }: ReportWorld,
  options?: Pick<ProjectionOptions, 'eventsAtOnce'>,
): Promise<void> {
  const now = () => clock.now;
  return new ProjectionService({ prisma, plan: demoPlan, log: LOG, now, ...options, projections: [] }).catchUp();
}

/** Moves one read model on by one fold of facts. */
export async function foldNext({ prisma }: ReportWorld, projection: Projection): Promise<void> {
  await foldProjection(prisma, projection, 1);
}
