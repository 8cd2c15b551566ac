import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { EventInputOf } from '@tallymark/contract/event-input';
import { expectTypeOf, test } from 'vitest';
import { AssetEventHelpers } from './asset.ts';
import { CampaignEventHelpers } from './campaign.ts';
import { EngagementEventHelpers } from './engagement.ts';
import { InteractionEventHelpers } from './interaction.ts';
import { PaymentEventHelpers } from './payment.ts';

/** Never called: the compiler is the judge. */
export function calls() {
  const upload = { fileSize: 1, mimeType: 'image/png', assetType: 'image' };
  AssetEventHelpers.trackAssetUpload('a', upload, { sessionId: 's' });
  AssetEventHelpers.trackAssetUpload('a', { ...upload, projectId: 'p' });
  InteractionEventHelpers.trackInteraction('like', { targetElementId: 'e', targetElementType: 'card' });

  // @ts-expect-error The entity is missing.
  AssetEventHelpers.trackAssetUpload(upload);
  // @ts-expect-error A prop is missing.
  AssetEventHelpers.trackAssetUpload('a', { fileSize: 1, mimeType: 'image/png' });
  // @ts-expect-error A misspelt prop.
  AssetEventHelpers.trackAssetUpload('a', { ...upload, fileSise: 1 });
  // @ts-expect-error Cents are a number.
  PaymentEventHelpers.trackPayoutComplete('p', { amount_cents: '1', payment_method: 'sepa', recipientId: 'r' });
  // @ts-expect-error No such kind.
  InteractionEventHelpers.trackInteraction('hug', { targetElementId: 'e', targetElementType: 'card' });
  // @ts-expect-error The campaign is missing.
  CampaignEventHelpers.trackImpression({ placement: 'top' });
  // @ts-expect-error A search has no entity.
  EngagementEventHelpers.trackSearch('id', { query: 'q' });
  // @ts-expect-error No such field of the context.
  EngagementEventHelpers.trackSearch({ query: 'q' }, { session: 's' });
}

test('a helper gives the event of its type', () => {
  expectTypeOf(AssetEventHelpers.trackAssetView).returns.toEqualTypeOf<EventInputOf<DemoPlan, 'asset_viewed'>>();
  expectTypeOf(EngagementEventHelpers.trackPageView).returns.toEqualTypeOf<EventInputOf<DemoPlan, 'page_viewed'>>();
});
