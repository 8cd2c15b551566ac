import Link from 'next/link';
import { formatLabel, formatPrice } from '../../format.ts';
import type { AssetCard as Asset } from '../../studio/assets.ts';
import { AssetArt } from './asset-art.tsx';
import { StatusBadge } from './status-badge.tsx';

export function AssetCard({ asset }: { asset: Asset }) {
  return (
    <article className="card">
      <AssetArt seed={asset.id} />
      <div className="card-body">
        <h2>
          <Link href={`/assets/${asset.id}`}>{asset.title}</Link>
        </h2>
        <p className="soft">
          {formatLabel(asset.assetType)} by {asset.owner.name}
        </p>
        <p className="card-foot">
          <span className="price">{formatPrice(asset.priceCents)}</span>
          <StatusBadge status={asset.status} />
        </p>
      </div>
    </article>
  );
}
