import { CampaignEventHelpers } from '@tallymark/analytics/helpers/campaign';
import { LicenseEventHelpers } from '@tallymark/analytics/helpers/license';
import { licenseFee, type Offer } from './license-terms.ts';
import type { StudioDeps } from './studio-deps.ts';
import { StudioError } from './studio-error.ts';
import type { Visit } from './visit.ts';

const YEAR_MS = 365 * 86_400_000;

export interface Purchase {
  readonly assetId: string;
  readonly licensee: string;
  readonly terms: Offer;
  readonly territory: Offer;
}

/**
 * Sells a license. The license and its events are one transaction: both are there, or neither is.
 * @throws StudioError where the work cannot be licensed.
 */
export async function buyLicense({ prisma, eventIngestion, now }: StudioDeps, purchase: Purchase, visit: Visit) {
  const { assetId, licensee, terms, territory } = purchase;
  return prisma.$transaction(async (tx) => {
    const asset = await tx.ipAsset.findUnique({ where: { id: assetId } });
    if (!asset) throw new StudioError('This work is no longer offered. Pick another one from the gallery.');
    if (asset.status !== 'approved') {
      throw new StudioError('This work is still in review. Come back once it is approved, or pick another one.');
    }
    const at = now();
    const feeCents = licenseFee(asset.priceCents, terms, territory);
    const license = await tx.license.create({
      data: {
        assetId,
        licensee,
        terms: terms.label,
        territory: territory.label,
        feeCents,
        startsAt: at,
        endsAt: terms.id === 'all' ? null : new Date(at.getTime() + YEAR_MS),
        signedAt: at,
        createdAt: at,
      },
    });
    const created = { assetId, feeCents, territory: territory.label, terms: terms.label };
    const signed = { signedBy: visit.userId ?? 'guest', signatureMethod: 'typed_name' };
    const { context, event, campaignId, influencerId } = visit;
    await eventIngestion.track(tx, LicenseEventHelpers.trackLicenseCreated(license.id, created, event), context);
    await eventIngestion.track(tx, LicenseEventHelpers.trackLicenseSigned(license.id, signed, event), context);
    if (campaignId) {
      const brought = { campaignId, value: feeCents, ...(influencerId && { influencerId }) };
      await eventIngestion.track(tx, CampaignEventHelpers.trackConversion(brought, event), context);
    }
    return { licenseId: license.id, feeCents };
  });
}
