import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { entity } = helpersFor<DemoPlan>();

/** What happens to a license. */
export const LicenseEventHelpers = {
  trackLicenseCreated: entity('license_created'),
  trackLicenseSigned: entity('license_signed'),
  trackLicenseView: entity('license_viewed'),
};
