import type { Ledger } from '@tallymark/contract/stats';
import { formatCount, formatLabel } from '../../format.ts';
import { LedgerSum } from './ledger-sum.tsx';

/** Both sums of the ledger, and why events were rejected. */
export function LedgerSection({ ledger }: { ledger: Ledger }) {
  // In one order, whatever order the store answers in: the names must not swap places while somebody reads them.
  const reasons = Object.entries(ledger.rejectedByReason)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <section className="panel wide" aria-labelledby="ledger">
      <header className="panel-head">
        <h2 id="ledger">Ledger</h2>
        <p className={ledger.balanced ? 'verdict good' : 'verdict bad'} role="status">
          {ledger.balanced ? 'Both sums balance' : 'The sums do not balance'}
        </p>
      </header>
      <LedgerSum
        name="Received"
        total={ledger.received}
        parts={[
          { name: 'Accepted', count: ledger.accepted, tone: 'pine' },
          { name: 'Duplicate', count: ledger.duplicate, tone: 'ochre' },
          { name: 'Sampled', count: ledger.sampled, tone: 'slate' },
          { name: 'Rejected', count: ledger.rejected, tone: 'brick' },
        ]}
      />
      <LedgerSum
        name="Accepted"
        total={ledger.accepted}
        parts={[
          { name: 'Stored', count: ledger.stored, tone: 'pine' },
          { name: 'Aggregated', count: ledger.aggregated, tone: 'fern' },
          { name: 'Merged', count: ledger.merged, tone: 'slate' },
          { name: 'Buffered', count: ledger.buffered, tone: 'ochre' },
          { name: 'Dead-lettered', count: ledger.deadLettered, tone: 'brick' },
        ]}
      />
      {reasons.length > 0 && (
        <div className="reasons">
          <p id="rejected-because" className="soft">
            Rejected because of
          </p>
          <dl aria-labelledby="rejected-because">
            {reasons.map(([reason, count]) => (
              <div key={reason}>
                <dt>{formatLabel(reason)}</dt>
                <dd>{formatCount(count)}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </section>
  );
}
