import type { PrismaClient } from '@tallymark/prisma/client';
import { z } from 'zod';

const ASSETS_ON_THE_FRONT_PAGE = 200;

/** The studio's assets, newest first. */
export function listAssets(prisma: Pick<PrismaClient, 'ipAsset'>) {
  return prisma.ipAsset.findMany({
    select: {
      id: true,
      title: true,
      assetType: true,
      status: true,
      priceCents: true,
      owner: { select: { name: true } },
      project: { select: { name: true } },
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: ASSETS_ON_THE_FRONT_PAGE,
  });
}
export type AssetCard = Awaited<ReturnType<typeof listAssets>>[number];

/** One asset with what its page shows; null for an id that is none or belongs to nothing. */
export async function findAsset(prisma: Pick<PrismaClient, 'ipAsset'>, id: string) {
  if (!z.uuid().safeParse(id).success) return null;
  return prisma.ipAsset.findUnique({
    where: { id },
    include: {
      owner: { select: { name: true } },
      project: { select: { name: true } },
      // What was agreed with whom, and for how much, stays between the two.
      licenses: {
        select: { id: true, territory: true, terms: true, startsAt: true, endsAt: true, signedAt: true },
        orderBy: { startsAt: 'asc' },
      },
    },
  });
}
export type AssetDetails = NonNullable<Awaited<ReturnType<typeof findAsset>>>;
