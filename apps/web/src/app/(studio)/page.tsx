import Link from 'next/link';
import { z } from 'zod';
import { server } from '../../server.ts';
import { listAssets, listAssetTypes } from '../../studio/assets.ts';
import { listProjects } from '../../studio/projects.ts';
import { AssetCard } from './asset-card.tsx';
import { AssetSearch } from './asset-search.tsx';
import { FeaturedProject } from './featured-project.tsx';
import { SearchTracker } from './search-tracker.tsx';

export const dynamic = 'force-dynamic';

/** A parameter that is given twice or holds what no text column can is none. */
const text = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\0]*$/)
  .optional()
  .catch(undefined);
const search = z.object({ q: text, type: text });

export default async function AssetsPage({ searchParams }: PageProps<'/'>) {
  const { q: query, type: assetType } = search.parse(await searchParams);
  const { prisma } = server();
  const searched = query !== undefined || assetType !== undefined;
  const [assets, types, projects] = await Promise.all([
    listAssets(prisma, { ...(query && { query }), ...(assetType && { assetType }) }),
    listAssetTypes(prisma),
    listProjects(prisma),
  ]);
  const growing = projects.find(({ completedAt }) => completedAt === null);
  const works = assets.length === 1 ? '1 work' : `${assets.length} works`;
  return (
    <>
      <header className="page-head">
        <h1>Assets</h1>
        <p className="lead">{searched ? `${works} found.` : `${works} of the studio, newest first.`}</p>
        <AssetSearch filter={{ ...(query && { query }), ...(assetType && { assetType }) }} types={types} />
      </header>
      {searched && <SearchTracker query={query ?? ''} assetType={assetType} resultCount={assets.length} />}
      {!searched && growing && <FeaturedProject id={growing.id} name={growing.name} works={growing._count.assets} />}
      {searched && assets.length === 0 && (
        <p className="empty">
          Nothing fits. Try a shorter word or every kind, or <Link href="/">see all works</Link>.
        </p>
      )}
      <ul className="gallery">
        {assets.map((asset) => (
          <li key={asset.id}>
            <AssetCard asset={asset} />
          </li>
        ))}
      </ul>
    </>
  );
}
