'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { server } from '../../../../../server.ts';
import { buyLicense } from '../../../../../studio/buy-license.ts';
import { type Offer, TERMS, TERRITORIES } from '../../../../../studio/license-terms.ts';
import { StudioError } from '../../../../../studio/studio-error.ts';
import { visitOfRequest } from '../../../../../tracking/request-visit.ts';

export interface PurchaseState {
  /** What was typed, so that nobody types it again. */
  readonly licensee: string;
  readonly problem: string | null;
}

const form = z.object({
  assetId: z.uuid(),
  licensee: z
    .string('Say who gets the licence.')
    .trim()
    .min(2, 'Say who gets the licence: a company or a person.')
    .max(120, 'The name of the licensee is too long: shorten it to 120 characters.')
    .regex(/^[^\0]*$/, 'The name of the licensee has a character that cannot be stored: type it again.'),
  terms: z.string().transform((id, ctx) => oneOf(TERMS, id, 'Choose what the work will be used for.', ctx)),
  territory: z.string().transform((id, ctx) => oneOf(TERRITORIES, id, 'Choose where the licence holds.', ctx)),
  agreed: z.literal('on', 'Tick the box to sign the licence.'),
});

/** The purchase form: goes to the receipt on success, else says what is wrong. */
export async function purchase(_previous: PurchaseState, data: FormData): Promise<PurchaseState> {
  const parsed = form.safeParse(Object.fromEntries(data));
  const licensee = String(data.get('licensee') ?? '').slice(0, 200);
  if (!parsed.success) return { licensee, problem: parsed.error.issues[0]?.message ?? 'Fill in the form.' };
  const { prisma, eventIngestion } = server();
  const deps = { prisma, eventIngestion, now: () => new Date() };
  try {
    const { licenseId } = await buyLicense(deps, parsed.data, await visitOfRequest());
    redirect(`/licenses/${licenseId}`);
  } catch (error) {
    if (error instanceof StudioError) return { licensee, problem: error.message };
    throw error;
  }
}

function oneOf(offers: readonly Offer[], id: string, message: string, ctx: z.RefinementCtx): Offer {
  const offer = offers.find((one) => one.id === id);
  if (offer) return offer;
  ctx.addIssue(message);
  return z.NEVER;
}
