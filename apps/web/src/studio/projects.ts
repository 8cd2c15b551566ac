import type { PrismaClient } from '@tallymark/prisma/client';
import { z } from 'zod';

/** All projects, newest first. */
export function listProjects(prisma: Pick<PrismaClient, 'project'>) {
  return prisma.project.findMany({
    include: { owner: { select: { name: true } }, _count: { select: { assets: true } } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
}

/** One project with its works; null for an id that is none or belongs to nothing. */
export async function findProject(prisma: Pick<PrismaClient, 'project'>, id: string) {
  if (!z.uuid().safeParse(id).success) return null;
  return prisma.project.findUnique({
    where: { id },
    include: {
      owner: { select: { id: true, name: true } },
      assets: {
        include: { owner: { select: { name: true } }, project: { select: { name: true } } },
        orderBy: { createdAt: 'asc' },
      },
    },
  });
}
