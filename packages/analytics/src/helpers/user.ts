import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { entity } = helpersFor<DemoPlan>();

/** What users do with their account. */
export const UserEventHelpers = {
  trackUserLogin: entity('user_login'),
  trackProfileUpdate: entity('profile_updated'),
};
