import { server } from '../../../../../server.ts';
import { findAsset } from '../../../../../studio/assets.ts';
import { landscapeSvg } from '../../../../../studio/landscape.ts';
import { findLicense } from '../../../../../studio/licenses.ts';
import { recordDownload } from '../../../../../studio/record-download.ts';
import { visitOfRequest } from '../../../../../tracking/request-visit.ts';
import { opensPage } from '../../../../../tracking/visit.ts';

/** A preview of an asset, or with `?license=` of that asset the picture itself. */
export async function GET(request: Request, { params }: RouteContext<'/assets/[id]/download'>): Promise<Response> {
  const { prisma, eventIngestion } = server();
  const asset = await findAsset(prisma, (await params).id);
  if (!asset) return new Response('There is no such work. Go back to the gallery and pick another.\n', { status: 404 });
  const wanted = new URL(request.url).searchParams.get('license');
  const license = wanted === null ? null : await findLicense(prisma, wanted);
  if (wanted !== null && license?.assetId !== asset.id) {
    return new Response('This licence is for another work. Open the link from its receipt.\n', { status: 403 });
  }
  const file = landscapeSvg(asset.id, license ? null : 'Preview');
  // A browser that gets ready for a click has taken nothing yet.
  if (opensPage(request)) {
    const taken = { assetId: asset.id, licenseId: license?.id ?? null, format: 'svg', fileSize: file.length };
    await recordDownload({ prisma, eventIngestion, now: () => new Date() }, taken, await visitOfRequest());
  }
  const name = asset.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return new Response(file, {
    headers: {
      'content-type': 'image/svg+xml',
      'content-disposition': `attachment; filename="${name}${license ? '' : '-preview'}.svg"`,
      'cache-control': 'no-store',
    },
  });
}
