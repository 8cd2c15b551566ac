import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { currentUser } from '../../../../auth/current-user.ts';
import { formatDay } from '../../../../format.ts';
import { server } from '../../../../server.ts';
import { findProject } from '../../../../studio/projects.ts';
import { AssetCard } from '../../asset-card.tsx';
import { CompleteForm } from './complete-form.tsx';

type Props = PageProps<'/projects/[id]'>;

const projectOf = cache((id: string) => findProject(server().prisma, id));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await projectOf((await params).id))?.name ?? 'No such project' };
}

export default async function ProjectPage({ params }: Props) {
  const [project, user] = await Promise.all([projectOf((await params).id), currentUser()]);
  if (!project) notFound();
  const mayComplete = project.completedAt === null && (user?.role === 'admin' || user?.id === project.owner.id);
  return (
    <>
      <header className="page-head">
        <p className="eyebrow">Project</p>
        <h1>{project.name}</h1>
        <p className="lead">
          By {project.owner.name}, since {formatDay(project.createdAt)}
          {project.completedAt ? `; completed ${formatDay(project.completedAt)}.` : '; in progress.'}
        </p>
        {mayComplete && <CompleteForm projectId={project.id} />}
      </header>
      {project.assets.length === 0 && <p className="empty">No works yet. They show up here once they are uploaded.</p>}
      <ul className="gallery">
        {project.assets.map((asset) => (
          <li key={asset.id}>
            <AssetCard asset={asset} />
          </li>
        ))}
      </ul>
    </>
  );
}
