import { readBalance } from '@tallymark/prisma/stores/studio-balance';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentUser } from '../../../auth/current-user.ts';
import { formatDay, formatLabel } from '../../../format.ts';
import { server } from '../../../server.ts';
import { listPayouts } from '../../../studio/payouts.ts';
import { formatMoney } from './format-money.ts';
import { PayoutForm } from './payout-form.tsx';

export const metadata: Metadata = { title: 'Payouts' };

export default async function PayoutsPage() {
  const user = await currentUser();
  if (!user) redirect('/login?next=/payouts');
  const { prisma } = server();
  const [balance, payouts] = await Promise.all([readBalance(prisma, user.id), listPayouts(prisma, user.id)]);
  const sums = [
    ['Earned', balance.earnedCents],
    ['Paid out', balance.paidCents],
    ['Balance', balance.balanceCents],
  ] as const;
  return (
    <>
      <header className="page-head">
        <h1>Payouts</h1>
        <p className="lead">You get 70 % of the fees of your works.</p>
      </header>
      <dl className="sums">
        {sums.map(([name, cents]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatMoney(cents)}</dd>
          </div>
        ))}
      </dl>
      <PayoutForm />
      {payouts.length === 0 ? (
        <p className="empty">No payouts yet. The first one shows up here.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        <section className="scroll" aria-label="Payouts, scrolls sideways" tabIndex={0}>
          <table>
            <caption>Your payouts, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Method</th>
                <th scope="col">Status</th>
                <th scope="col" className="number">
                  Amount
                </th>
              </tr>
            </thead>
            <tbody>
              {payouts.map(({ id, createdAt, paymentMethod, status, amountCents }) => (
                <tr key={id}>
                  <th scope="row" className="nowrap">
                    {formatDay(createdAt)}
                  </th>
                  <td>{formatLabel(paymentMethod)}</td>
                  <td className={status === 'failed' ? 'bad' : undefined}>{formatLabel(status)}</td>
                  <td className="number">{formatMoney(amountCents)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
