import Link from 'next/link';
import { formatLabel, formatPrice } from '../format.ts';
import { server } from '../server.ts';
import { type AssetCard, listAssets } from '../studio/assets.ts';
import { AssetArt } from './asset-art.tsx';
import { StatusBadge } from './status-badge.tsx';

export const dynamic = 'force-dynamic';

export default async function AssetsPage() {
  const assets = await listAssets(server().prisma);
  return (
    <>
      <header className="page-head">
        <h1>Assets</h1>
        <p className="lead">
          {assets.length === 0 ? 'Nothing here yet.' : `${assets.length} works of the studio, newest first.`}
        </p>
      </header>
      <ul className="gallery">
        {assets.map((asset) => (
          <li key={asset.id}>
            <Card asset={asset} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Card({ asset }: { asset: AssetCard }) {
  return (
    <article className="card">
      <AssetArt seed={asset.id} />
      <div className="card-body">
        <h2>
          {/* Never prefetch={true} here: Next marks a full prefetch in no way, and it would count as a view. */}
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
