import type { PrismaClient } from '@tallymark/prisma/client';
import { z } from 'zod';

/** A license as its receipt shows it; null for an id that is none or belongs to nothing. Whoever has the link may see it. */
export async function findLicense(prisma: Pick<PrismaClient, 'license'>, id: string) {
  if (!z.uuid().safeParse(id).success) return null;
  return prisma.license.findUnique({ where: { id }, include: { asset: true } });
}
