import type { PrismaClient } from '@tallymark/prisma/client';
import { z } from 'zod';

const ASSETS_ON_THE_FRONT_PAGE = 200;
const CARD = {
  id: true,
  title: true,
  assetType: true,
  status: true,
  priceCents: true,
  owner: { select: { name: true } },
  project: { select: { name: true } },
} as const;

export interface AssetFilter {
  /** Found in titles, descriptions and the names of projects and owners. */
  readonly query?: string;
  readonly assetType?: string;
}

/** The studio's assets, newest first. */
export function listAssets(prisma: Pick<PrismaClient, 'ipAsset'>, { query, assetType }: AssetFilter = {}) {
  const found = query ? ({ contains: query, mode: 'insensitive' } as const) : undefined;
  return prisma.ipAsset.findMany({
    select: CARD,
    where: {
      ...(assetType && { assetType }),
      ...(found && {
        OR: [{ title: found }, { description: found }, { project: { name: found } }, { owner: { name: found } }],
      }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: ASSETS_ON_THE_FRONT_PAGE,
  });
}
export type AssetCard = Awaited<ReturnType<typeof listAssets>>[number];

/** The kinds of works there are, by name. */
export async function listAssetTypes(prisma: Pick<PrismaClient, 'ipAsset'>): Promise<string[]> {
  const rows = await prisma.ipAsset.findMany({
    select: { assetType: true },
    distinct: ['assetType'],
    orderBy: { assetType: 'asc' },
  });
  return rows.map(({ assetType }) => assetType);
}

const LICENSES_ON_THE_PAGE = 8;

/** One asset with what its page shows; null for an id that is none or belongs to nothing. */
export async function findAsset(prisma: Pick<PrismaClient, 'ipAsset'>, id: string) {
  if (!z.uuid().safeParse(id).success) return null;
  return prisma.ipAsset.findUnique({
    where: { id },
    include: {
      owner: { select: { name: true } },
      project: { select: { id: true, name: true } },
      // What was agreed with whom, and for how much, stays between the two.
      licenses: {
        select: { id: true, territory: true, terms: true, startsAt: true, endsAt: true, signedAt: true },
        orderBy: { startsAt: 'desc' },
        take: LICENSES_ON_THE_PAGE,
      },
      _count: { select: { licenses: true, downloads: true } },
    },
  });
}
export type AssetDetails = NonNullable<Awaited<ReturnType<typeof findAsset>>>;
