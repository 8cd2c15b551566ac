import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { entity, plain } = helpersFor<DemoPlan>();

/** What leads to a purchase. Prices are cents. */
export const ShopEventHelpers = {
  trackFormSubmit: plain('form_submitted'),
  trackAddToCart: entity('cart_item_added'),
};
