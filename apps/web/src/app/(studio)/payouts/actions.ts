'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { server } from '../../../server.ts';
import { PAYMENT_METHODS, type PaymentMethod, requestPayout } from '../../../studio/request-payout.ts';
import { StudioError } from '../../../studio/studio-error.ts';
import { visitOfRequest } from '../../../tracking/request-visit.ts';
import { formatMoney } from './format-money.ts';

export interface PayoutState {
  readonly done: string | null;
  readonly problem: string | null;
}

/** Pays out the balance of whoever is logged in. */
export async function payOut(_previous: PayoutState, data: FormData): Promise<PayoutState> {
  const method = z.enum(PAYMENT_METHODS as [PaymentMethod, ...PaymentMethod[]]).safeParse(data.get('method'));
  if (!method.success) return { done: null, problem: 'Choose where the money should go.' };
  const visit = await visitOfRequest();
  if (visit.userId === null) return { done: null, problem: 'Your login has ended. Log in again, then try once more.' };
  const { prisma, eventIngestion } = server();
  const deps = { prisma, eventIngestion, now: () => new Date() };
  try {
    const payout = await requestPayout(deps, { recipientId: visit.userId, method: method.data }, visit);
    revalidatePath('/payouts');
    return payout.status === 'completed'
      ? { done: `${formatMoney(payout.amountCents)} are on their way.`, problem: null }
      : { done: null, problem: 'PayPal takes no more than $500 at once. Choose your bank account instead.' };
  } catch (error) {
    if (error instanceof StudioError) return { done: null, problem: error.message };
    throw error;
  }
}
