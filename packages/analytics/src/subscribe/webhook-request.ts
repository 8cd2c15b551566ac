import { createHash } from 'node:crypto';
import type { AnyStoredEvent, WebhookDelivery } from '@tallymark/contract/subscriptions';
import { postSigned, type WebhookRequestOptions } from './signed-post.ts';

export interface WebhookRequest {
  readonly url: string;
  readonly secret: string;
  readonly subscription: string;
  readonly events: readonly AnyStoredEvent[];
}

/** Names a delivery by what is in it, so that every repeat of it has the same name. */
export function deliveryIdOf(subscription: string, events: readonly Pick<AnyStoredEvent, 'id'>[]): string {
  const named = JSON.stringify([subscription, ...events.map(({ id }) => id)]);
  return createHash('sha256').update(named).digest('hex').slice(0, 32);
}

/** Posts a signed delivery. @throws DeliveryFailed unless the receiver answers 2xx in time. */
export async function postWebhook(
  { url, secret, subscription, events }: WebhookRequest,
  options: WebhookRequestOptions,
): Promise<void> {
  const deliveryId = deliveryIdOf(subscription, events);
  const body = JSON.stringify({ subscription, deliveryId, events: [...events] } satisfies WebhookDelivery);
  await postSigned({ url, secret, deliveryId, body }, options);
}
