'use client';

import { useActionState } from 'react';
import { type PayoutState, payOut } from './actions.ts';

const UNTOUCHED: PayoutState = { done: null, problem: null };

export function PayoutForm() {
  const [{ done, problem }, submit, pending] = useActionState(payOut, UNTOUCHED);
  return (
    <form id="payout-request" className="inline-form" action={submit}>
      <label>
        Pay to
        <select name="method">
          <option value="bank_transfer">Bank account</option>
          <option value="paypal">PayPal, up to $500</option>
        </select>
      </label>
      <button type="submit" disabled={pending}>
        {pending ? 'Paying…' : 'Pay out the balance'}
      </button>
      <p className={problem ? 'problem' : 'done'} role={problem ? 'alert' : 'status'}>
        {!pending && (problem ?? done)}
      </p>
    </form>
  );
}
