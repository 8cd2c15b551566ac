import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { formatBytes, formatCount, formatDay, formatLabel, formatPrice } from '../../../../format.ts';
import { server } from '../../../../server.ts';
import { type AssetDetails, findAsset } from '../../../../studio/assets.ts';
import { TrackView } from '../../../../tracking/studio-analytics.tsx';
import { AssetArt } from '../../asset-art.tsx';
import { StatusBadge } from '../../status-badge.tsx';
import { AssetActions } from './asset-actions.tsx';
import { LicenseTable } from './license-table.tsx';

type Props = PageProps<'/assets/[id]'>;

const assetOf = cache((id: string) => findAsset(server().prisma, id));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const asset = await assetOf((await params).id);
  return { title: asset?.title ?? 'No such asset' };
}

export default async function AssetPage({ params }: Props) {
  const asset = await assetOf((await params).id);
  if (!asset) notFound();
  return (
    <article className="asset">
      <AssetArt seed={asset.id} />
      <TrackView key={asset.id} eventType="asset_viewed" props={{}} options={{ entityId: asset.id }}>
        <p className="eyebrow">{formatLabel(asset.assetType)}</p>
        <h1>{asset.title}</h1>
        <p className="lead">{asset.description}</p>
        <p className="asset-offer">
          <span className="price">{formatPrice(asset.priceCents)}</span>
          <StatusBadge status={asset.status} />
        </p>
        <AssetActions asset={asset} />
        <Facts asset={asset} />
      </TrackView>
      <LicenseTable licenses={asset.licenses} total={asset._count.licenses} />
    </article>
  );
}

function Facts({ asset }: { asset: AssetDetails }) {
  const { project } = asset;
  const inProject = project && <Link href={`/projects/${project.id}`}>{project.name}</Link>;
  const facts = [
    ['Owner', asset.owner.name],
    ['Project', inProject ?? 'None'],
    ['File', `${asset.mimeType}, ${formatBytes(asset.fileSize)}`],
    ['Added', formatDay(asset.createdAt)],
    ['Downloads', formatCount(asset._count.downloads)],
  ] as const;
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
