import { ProjectEventHelpers } from '@tallymark/analytics/helpers/project';
import type { StudioDeps } from './studio-deps.ts';
import { StudioError } from './studio-error.ts';
import type { Visit } from './visit.ts';

const DAY_MS = 86_400_000;

/** Closes a project, with its event. @throws StudioError where it is closed already, or another's. */
export async function completeProject({ prisma, eventIngestion, now }: StudioDeps, projectId: string, visit: Visit) {
  await prisma.$transaction(async (tx) => {
    const project = await tx.project.findUnique({
      where: { id: projectId },
      include: { _count: { select: { assets: true } } },
    });
    if (!project) throw new StudioError('This project is gone. Go back to the list of projects.');
    const mine = project.ownerId === visit.userId || visit.context.session?.role === 'admin';
    if (!mine) throw new StudioError('Only the owner of a project can complete it. Ask them to, or log in as them.');
    const at = now();
    const { count } = await tx.project.updateMany({
      where: { id: projectId, completedAt: null },
      data: { completedAt: at },
    });
    if (count === 0) throw new StudioError('This project is complete already. Reload the page to see since when.');
    const days = (at.getTime() - project.createdAt.getTime()) / DAY_MS;
    const props = { duration_days: Math.max(0, Math.round(days * 10) / 10), assetCount: project._count.assets };
    const { event, context } = visit;
    await eventIngestion.track(tx, ProjectEventHelpers.trackProjectCompleted(projectId, props, event), context);
  });
}
