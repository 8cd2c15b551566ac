import { PaymentEventHelpers } from '@tallymark/analytics/helpers/payment';
import { lockBalance } from '@tallymark/prisma/stores/studio-balance';
import type { StudioDeps } from './studio-deps.ts';
import { StudioError } from './studio-error.ts';
import type { Visit } from './visit.ts';

/** What the payment service lets through by its method, in cents. */
const MOST_CENTS = { bank_transfer: 10_000_000, paypal: 50_000 } as const;
export type PaymentMethod = keyof typeof MOST_CENTS;
export const PAYMENT_METHODS = Object.keys(MOST_CENTS) as PaymentMethod[];
const LEAST_CENTS = 1_000;

/**
 * Pays out all that a member has earned. A payout the payment service refuses is noted as failed, with its event, and
 * the balance stays. @throws StudioError where there is nothing to pay out.
 */
export async function requestPayout(
  { prisma, eventIngestion, now }: StudioDeps,
  { recipientId, method }: { readonly recipientId: string; readonly method: PaymentMethod },
  { event, context }: Visit,
): Promise<{ readonly status: 'completed' | 'failed'; readonly amountCents: number }> {
  return prisma.$transaction(async (tx) => {
    const { balanceCents: amountCents } = await lockBalance(tx, recipientId);
    if (amountCents < LEAST_CENTS) {
      throw new StudioError('Payouts start at $10. Come back when another licence of your works is sold.');
    }
    const status = amountCents > MOST_CENTS[method] ? ('failed' as const) : ('completed' as const);
    const payout = await tx.payout.create({
      data: { recipientId, amountCents, paymentMethod: method, status, createdAt: now() },
    });
    const props = { amount_cents: amountCents, payment_method: method, recipientId };
    await eventIngestion.track(
      tx,
      status === 'completed'
        ? PaymentEventHelpers.trackPayoutComplete(payout.id, props, event)
        : PaymentEventHelpers.trackPayoutFailed(payout.id, { ...props, failureReason: 'amount_over_limit' }, event),
      context,
    );
    return { status, amountCents };
  });
}
