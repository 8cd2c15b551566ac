import { AssetEventHelpers } from '@tallymark/analytics/helpers/asset';
import type { StudioDeps } from './studio-deps.ts';
import type { Visit } from './visit.ts';

export interface TakenFile {
  readonly assetId: string;
  readonly licenseId: string | null;
  readonly format: string;
  readonly fileSize: number;
}

/** Notes a download, with its event in the same transaction. */
export async function recordDownload({ prisma, eventIngestion, now }: StudioDeps, taken: TakenFile, visit: Visit) {
  const { assetId, licenseId, format, fileSize } = taken;
  await prisma.$transaction(async (tx) => {
    await tx.download.create({ data: { assetId, licenseId, format, createdAt: now() } });
    const props = { format, fileSize, ...(licenseId && { licenseId }) };
    await eventIngestion.track(tx, AssetEventHelpers.trackAssetDownload(assetId, props, visit.event), visit.context);
  });
}
