import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { entity } = helpersFor<DemoPlan>();

/** What happens to a payout. Amounts are cents. */
export const PaymentEventHelpers = {
  trackPayoutComplete: entity('payout_completed'),
  trackPayoutFailed: entity('payout_failed'),
};
