import type { Metadata } from 'next';
import Link from 'next/link';
import { formatDay } from '../../../format.ts';
import { server } from '../../../server.ts';
import { listProjects } from '../../../studio/projects.ts';

export const metadata: Metadata = { title: 'Projects' };
export const dynamic = 'force-dynamic';

export default async function ProjectsPage() {
  const projects = await listProjects(server().prisma);
  return (
    <>
      <header className="page-head">
        <h1>Projects</h1>
        <p className="lead">What the studio works on, and what it has finished.</p>
      </header>
      <ul className="rows">
        {projects.map(({ id, name, owner, createdAt, completedAt, _count }) => (
          <li key={id}>
            <h2>
              <Link href={`/projects/${id}`}>{name}</Link>
            </h2>
            <p className="soft">
              {_count.assets === 1 ? '1 work' : `${_count.assets} works`} by {owner.name}, since {formatDay(createdAt)}
            </p>
            <p className="soft">{completedAt ? `Completed ${formatDay(completedAt)}` : 'In progress'}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
