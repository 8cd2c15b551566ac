import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { entity } = helpersFor<DemoPlan>();

/** What happens to an asset. */
export const AssetEventHelpers = {
  trackAssetUpload: entity('asset_uploaded'),
  trackAssetView: entity('asset_viewed'),
  trackAssetDownload: entity('asset_downloaded'),
  trackAssetApproval: entity('asset_approved'),
};
