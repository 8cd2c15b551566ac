import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { entity } = helpersFor<DemoPlan>();

/** What happens to a project. */
export const ProjectEventHelpers = {
  trackProjectCreated: entity('project_created'),
  trackProjectCompleted: entity('project_completed'),
};
