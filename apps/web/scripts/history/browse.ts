import { licenseFee, type Offer, TERMS, TERRITORIES } from '../../src/studio/license-terms.ts';
import type { Random } from './random.ts';
import type { Source } from './sources.ts';
import { EVENTS, type VisitLog } from './visit-log.ts';

/** A work as far as its visitors are concerned. */
export interface HistoryAsset {
  readonly id: string;
  readonly title: string;
  readonly priceCents: number;
  readonly ownerId: string;
  readonly status: string;
}

/** A license that was bought in a visit. */
export interface SoldLicense {
  readonly id: string;
  readonly asset: HistoryAsset;
  readonly licensee: string;
  readonly terms: Offer;
  readonly territory: Offer;
  readonly feeCents: number;
  readonly atMs: number;
}

export interface TakenPreview {
  readonly id: string;
  readonly assetId: string;
  readonly licenseId: string | null;
  readonly atMs: number;
}

/** What became of a visit besides its events. */
export interface VisitOutcome {
  readonly license: SoldLicense | null;
  readonly downloads: readonly TakenPreview[];
}

const SEARCHES = ['harbour', 'lantern', 'font', 'grasses', 'loop', 'birds', 'market', 'gear', 'sky', 'wood'];
const LICENSEES = [
  'Nordwind Reederei',
  'Saltwater Coffee',
  'Pendulum Games',
  'Slow Radio',
  'Kiosk Brewing',
  'Letterform',
];
const PREVIEW_BYTES = 1_400;

/** Of a hundred visits, how many go on at each step: where the funnel leaks. */
const GOES_ON = { toAsset: 0.64, toPreview: 0.22, toForm: 0.15, toSignature: 0.42, search: 0.27 };

/** One visit by a person, from the landing page to wherever they leave. */
export function browse(random: Random, log: VisitLog, assets: readonly HistoryAsset[], source: Source): VisitOutcome {
  const downloads: TakenPreview[] = [];
  // The first works of the list are the ones everybody wants.
  const asset = () => random.pick(assets, 2.2);
  const page = (path: string, title: string) => log.web((at) => EVENTS.pageViewed({ path, title }, at));
  const campaign = source.campaignId;
  if (campaign) {
    const shared = { campaignId: campaign, ...(source.influencerId && { influencerId: source.influencerId }) };
    log.web((at) => EVENTS.clicked({ targetElementId: 'shared-link', targetElementType: 'link', ...shared }, at));
  }
  page('/', 'Tallymark Studio');
  const lcp = Math.round(900 + 2_600 * random.next() ** 2.5);
  const rating = lcp <= 2_500 ? 'good' : 'needs-improvement';
  log.wait(2_500).web((at) => EVENTS.vitalMeasured({ name: 'LCP', value: lcp, rating, path: '/' }, at));
  if (random.chance(GOES_ON.search)) {
    const query = random.pick(SEARCHES, 1.8);
    log.wait(random.int(4_000, 40_000)).web((at) => EVENTS.searched({ query, resultCount: random.int(0, 6) }, at));
  }
  if (!random.chance(GOES_ON.toAsset)) return { license: null, downloads };
  let seen = asset();
  for (let left = random.pick([1, 1, 2, 2, 3, 4, 6]); left > 0; left -= 1) {
    seen = asset();
    const { id, title } = seen;
    log.wait(random.int(5_000, 70_000));
    page(`/assets/${id}`, `${title} · Tallymark Studio`);
    log.wait(1_100).web((at) => EVENTS.assetViewed(id, { view_duration_ms: random.int(2_000, 90_000) }, at));
  }
  if (random.chance(GOES_ON.toPreview)) {
    const { id } = seen;
    log.wait(random.int(3_000, 40_000));
    log.web((at) => EVENTS.fileDownloaded({ url: `https://studio.example/assets/${id}/download` }, at));
    log.wait(40).server((at) => EVENTS.assetDownloaded(id, { format: 'svg', fileSize: PREVIEW_BYTES }, at));
    downloads.push({ id: random.uuid(), assetId: id, licenseId: null, atMs: log.atMs });
  }
  const eager = campaign === 'night-market' ? 1.3 : 1;
  if (seen.status !== 'approved' || !random.chance(GOES_ON.toForm * eager)) return { license: null, downloads };
  const { id, priceCents } = seen;
  log.wait(random.int(4_000, 60_000));
  log.web((at) => EVENTS.cartItemAdded(id, { quantity: 1, price_cents: priceCents, currency: 'USD' }, at));
  log.wait(300);
  page(`/assets/${id}/license`, 'License a work · Tallymark Studio');
  if (!random.chance(GOES_ON.toSignature)) return { license: null, downloads };
  const license = sign(random, log, seen, source);
  log.wait(400);
  page('/licenses', `Your licence · Tallymark Studio`);
  log.wait(1_100).web((at) => EVENTS.licenseViewed(license.id, { assetId: id }, at));
  log
    .wait(4_000)
    .server((at) => EVENTS.assetDownloaded(id, { format: 'svg', fileSize: PREVIEW_BYTES, licenseId: license.id }, at));
  downloads.push({ id: random.uuid(), assetId: id, licenseId: license.id, atMs: log.atMs });
  return { license, downloads };
}

function sign(random: Random, log: VisitLog, asset: HistoryAsset, source: Source): SoldLicense {
  const [terms, territory] = [random.pick(TERMS, 1.8), random.pick(TERRITORIES)];
  const feeCents = licenseFee(asset.priceCents, terms, territory);
  const id = random.uuid();
  log.wait(random.int(20_000, 200_000));
  log.web((at) => EVENTS.formSubmitted({ formId: 'license-purchase', fieldCount: 4 }, at));
  const created = { assetId: asset.id, feeCents, territory: territory.label, terms: terms.label };
  log.wait(60).server((at) => EVENTS.licenseCreated(id, created, at));
  log.server((at) => EVENTS.licenseSigned(id, { signedBy: 'guest', signatureMethod: 'typed_name' }, at));
  const { campaignId, influencerId } = source;
  if (campaignId) {
    const brought = { campaignId, value: feeCents, ...(influencerId && { influencerId }) };
    log.server((at) => EVENTS.conversion(campaignId, brought, at));
  }
  return { id, asset, licensee: random.pick(LICENSEES), terms, territory, feeCents, atMs: log.atMs };
}
