'use client';

import { useActionState, useState } from 'react';
import { formatPrice } from '../../../../../format.ts';
import { licenseFee, type Offer, TERMS, TERRITORIES } from '../../../../../studio/license-terms.ts';
import { type PurchaseState, purchase } from './actions.ts';

const UNTOUCHED: PurchaseState = { licensee: '', problem: null };

/** Works before and without JavaScript too; the fee is then told by the receipt alone. */
export function LicenseForm({ assetId, priceCents }: { assetId: string; priceCents: number }) {
  const [state, submit, pending] = useActionState(purchase, UNTOUCHED);
  const [terms, setTerms] = useState(TERMS[0].id);
  const [territory, setTerritory] = useState('europe');
  const chosen = { terms: byId(TERMS, terms), territory: byId(TERRITORIES, territory) };
  return (
    <form id="license-purchase" className="form" action={submit}>
      <input type="hidden" name="assetId" value={assetId} />
      <label>
        Licensee
        <input
          name="licensee"
          autoComplete="organization"
          placeholder="Company or person"
          required
          minLength={2}
          maxLength={120}
          defaultValue={state.licensee}
          aria-describedby="license-problem"
        />
      </label>
      <label>
        Use
        <select name="terms" value={terms} onChange={({ target }) => setTerms(target.value)}>
          {TERMS.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Territory
        <select name="territory" value={territory} onChange={({ target }) => setTerritory(target.value)}>
          {TERRITORIES.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <p className="total" aria-live="polite">
        <span>Fee</span>
        <strong className="price">{formatPrice(licenseFee(priceCents, chosen.terms, chosen.territory))}</strong>
      </p>
      <label className="check">
        <input name="agreed" type="checkbox" required /> I sign for the licensee.
      </label>
      <p id="license-problem" className="problem" role="alert">
        {!pending && state.problem}
      </p>
      <button type="submit" disabled={pending}>
        {pending ? 'Signing…' : 'Sign the licence'}
      </button>
    </form>
  );
}

function byId(offers: readonly [Offer, ...Offer[]], id: string): Offer {
  return offers.find((offer) => offer.id === id) ?? offers[0];
}
