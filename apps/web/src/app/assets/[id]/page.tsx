import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { formatBytes, formatDay, formatLabel, formatPrice } from '../../../format.ts';
import { server } from '../../../server.ts';
import { type AssetDetails, findAsset } from '../../../studio/assets.ts';
import { trackAssetView } from '../../../tracking/asset-view.ts';
import { AssetArt } from '../../asset-art.tsx';
import { StatusBadge } from '../../status-badge.tsx';
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
  await trackAssetView(asset.id);
  return (
    <article className="asset">
      <AssetArt seed={asset.id} />
      <div className="asset-text">
        <p className="eyebrow">{formatLabel(asset.assetType)}</p>
        <h1>{asset.title}</h1>
        <p className="lead">{asset.description}</p>
        <p className="asset-offer">
          <span className="price">{formatPrice(asset.priceCents)}</span>
          <StatusBadge status={asset.status} />
        </p>
        <Facts asset={asset} />
      </div>
      <LicenseTable licenses={asset.licenses} />
    </article>
  );
}

function Facts({ asset }: { asset: AssetDetails }) {
  const facts = [
    ['Owner', asset.owner.name],
    ['Project', asset.project?.name ?? 'None'],
    ['File', `${asset.mimeType}, ${formatBytes(asset.fileSize)}`],
    ['Added', formatDay(asset.createdAt)],
  ];
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
