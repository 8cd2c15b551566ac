import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { server } from '../../../../../server.ts';
import { findAsset } from '../../../../../studio/assets.ts';
import { AssetArt } from '../../../asset-art.tsx';
import { LicenseForm } from './license-form.tsx';

export const metadata: Metadata = { title: 'License a work' };

export default async function LicensePage({ params }: PageProps<'/assets/[id]/license'>) {
  const asset = await findAsset(server().prisma, (await params).id);
  if (!asset) notFound();
  return (
    <div className="asset">
      <AssetArt seed={asset.id} />
      <div>
        <p className="eyebrow">Licence</p>
        <h1>{asset.title}</h1>
        <p className="lead">
          By {asset.owner.name}. <Link href={`/assets/${asset.id}`}>Back to the work</Link>
        </p>
        <LicenseForm assetId={asset.id} priceCents={asset.priceCents} />
      </div>
    </div>
  );
}
