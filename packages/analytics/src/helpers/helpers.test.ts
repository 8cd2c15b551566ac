import { randomUUID } from 'node:crypto';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { expect, test } from 'vitest';
import { balancedLedger, openWorld } from '../test-support/ingestion-world.ts';
import { AssetEventHelpers } from './asset.ts';
import { CampaignEventHelpers } from './campaign.ts';
import { EngagementEventHelpers } from './engagement.ts';
import { InteractionEventHelpers } from './interaction.ts';
import { LicenseEventHelpers } from './license.ts';
import { MessageEventHelpers } from './message.ts';
import { PaymentEventHelpers } from './payment.ts';
import { ProjectEventHelpers } from './project.ts';
import { ShopEventHelpers } from './shop.ts';
import { UserEventHelpers } from './user.ts';

const id = randomUUID();
const when = { sessionId: 's', occurredAt: new Date('2026-11-15T11:59:00.000Z') };
const target = { targetElementId: 'e', targetElementType: 'card' };
const payout = { amount_cents: 1, payment_method: 'sepa', recipientId: 'r' };

/** One call of every helper. */
const EVENTS = [
  AssetEventHelpers.trackAssetUpload(id, { fileSize: 1, mimeType: 'image/png', assetType: 'image' }, when),
  AssetEventHelpers.trackAssetView(id, {}, when),
  AssetEventHelpers.trackAssetDownload(id, {}, when),
  AssetEventHelpers.trackAssetApproval(id, { approvedBy: 'u' }, when),
  LicenseEventHelpers.trackLicenseCreated(id, { assetId: id, feeCents: 1 }, when),
  LicenseEventHelpers.trackLicenseSigned(id, { signedBy: 'u', signatureMethod: 'click' }, when),
  LicenseEventHelpers.trackLicenseView(id, {}, when),
  ProjectEventHelpers.trackProjectCreated(id, {}, when),
  ProjectEventHelpers.trackProjectCompleted(id, {}, when),
  PaymentEventHelpers.trackPayoutComplete(id, payout, when),
  PaymentEventHelpers.trackPayoutFailed(id, { ...payout, failureReason: 'no money' }, when),
  UserEventHelpers.trackUserLogin('user-1', { loginMethod: 'password', success: true }, when),
  UserEventHelpers.trackProfileUpdate('user-1', { changedFields: ['name'] }, when),
  EngagementEventHelpers.trackSearch({ query: 'q' }, when),
  EngagementEventHelpers.trackCtaClick({ ctaId: 'c' }, when),
  EngagementEventHelpers.trackPageView({ path: '/' }, when),
  EngagementEventHelpers.trackScroll({ path: '/', depth: 1 }, when),
  EngagementEventHelpers.trackMouseMove({ path: '/', x: 1, y: 1 }, when),
  EngagementEventHelpers.trackOutboundLink({ url: 'https://elsewhere.example/' }, when),
  EngagementEventHelpers.trackFileDownload({ url: '/report.pdf', extension: 'pdf' }, when),
  EngagementEventHelpers.trackWebVital({ name: 'LCP', value: 1_200, rating: 'good', path: '/' }, when),
  InteractionEventHelpers.trackInteraction('click', target, when),
  InteractionEventHelpers.trackInteraction('like', target, when),
  InteractionEventHelpers.trackInteraction('view', target, when),
  CampaignEventHelpers.trackImpression({ campaignId: 'c' }, when),
  CampaignEventHelpers.trackConversion({ campaignId: 'c', value: 1.5 }, when),
  ShopEventHelpers.trackFormSubmit({ formId: 'f' }, when),
  ShopEventHelpers.trackAddToCart(id, { quantity: 1, price_cents: 100 }, when),
  MessageEventHelpers.trackMessage({ message: 'm' }, when),
];

test('every type of the demo plan has a helper whose event is accepted, stored and counted', async () => {
  await using world = await openWorld();
  const service = await world.service({ enableThrottling: false });
  expect(EVENTS.map(({ eventType }) => eventType).sort()).toEqual(Object.keys(demoPlan.types).sort());
  const receipts = await service.ingestBatch(EVENTS);
  expect(receipts.map(({ status }) => status)).toEqual(EVENTS.map(() => 'accepted'));
  await service.forceFlush();
  const campaign = await world.prisma.event.findFirst({ where: { eventType: 'campaign_impression' } });
  expect(campaign).toMatchObject({ entityType: 'campaign', entityId: 'c', source: 'server', sessionId: 's' });
  expect(await balancedLedger(service)).toMatchObject({ accepted: 29, stored: 27, aggregated: 2 });
});

test('key and time are frozen, so that the same input can be sent again', async () => {
  await using world = await openWorld();
  const service = await world.service();
  world.clock.now = new Date();
  const event = EngagementEventHelpers.trackSearch({ query: 'q' });
  expect(event).toMatchObject({ idempotencyKey: expect.any(String), occurredAt: expect.any(String) });
  expect(await service.ingest(event)).toMatchObject({ status: 'accepted' });
  expect(await service.ingest(event)).toMatchObject({ status: 'duplicate' });
  expect(EngagementEventHelpers.trackSearch({ query: 'q' }).idempotencyKey).not.toBe(event.idempotencyKey);
  const own = EngagementEventHelpers.trackSearch(
    { query: 'q' },
    { idempotencyKey: 'mine', source: 'web', service: 's' },
  );
  expect(own).toMatchObject({ idempotencyKey: 'mine', source: 'web', service: 's' });
});
