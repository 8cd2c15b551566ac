import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { formatDay, formatPrice } from '../../../../format.ts';
import { server } from '../../../../server.ts';
import { findLicense } from '../../../../studio/licenses.ts';
import { TrackView } from '../../../../tracking/studio-analytics.tsx';
import { AssetArt } from '../../asset-art.tsx';

export const metadata: Metadata = { title: 'Your licence', robots: { index: false } };

export default async function LicenseReceiptPage({ params }: PageProps<'/licenses/[id]'>) {
  const license = await findLicense(server().prisma, (await params).id);
  if (!license) notFound();
  const { asset } = license;
  const facts = [
    ['Licensee', license.licensee],
    ['Use', license.terms],
    ['Territory', license.territory],
    ['From', formatDay(license.startsAt)],
    ['Until', license.endsAt ? formatDay(license.endsAt) : 'Open end'],
    ['Fee', formatPrice(license.feeCents)],
  ] as const;
  return (
    <article className="asset">
      <AssetArt seed={asset.id} />
      <TrackView eventType="license_viewed" props={{ assetId: asset.id }} options={{ entityId: license.id }}>
        <p className="eyebrow">{license.signedAt ? 'Signed licence' : 'Licence draft'}</p>
        <h1>{asset.title}</h1>
        <p className="lead">Keep the address of this page: whoever has it can download the work.</p>
        <div className="actions">
          {license.signedAt && (
            // No <Link>: the answer is a file.
            <a className="button" href={`/assets/${asset.id}/download?license=${license.id}`} download>
              Download the work
            </a>
          )}
          <Link className="button quiet" href="/">
            Back to the gallery
          </Link>
        </div>
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </TrackView>
    </article>
  );
}
