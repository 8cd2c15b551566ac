import type { Ledger } from '@tallymark/contract/stats';
import { BarList } from '../../charts/bar-list.tsx';
import { FlowChart } from '../../charts/flow-chart.tsx';
import { words } from '../../format/words.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/states.tsx';
import { ledgerFlow } from './ledger-flow.ts';
import { LedgerTable } from './ledger-table.tsx';

/** Every event that was ever received, and where it is now. */
export function LedgerCard({ ledger }: { ledger: Ledger }) {
  const flow = ledgerFlow(ledger);
  // In one order, whatever order the store answers in: the names must not swap places while somebody reads them.
  const reasons = Object.entries(ledger.rejectedByReason)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <Card
      title="Ledger"
      note="Every event received since the database was made, and where it is now. All instances together."
      actions={
        <span role="status">
          <Badge tone={ledger.balanced ? 'good' : 'bad'}>
            {ledger.balanced ? 'Both sums balance' : 'The sums do not balance'}
          </Badge>
        </span>
      }
    >
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="hidden sm:block">
          {ledger.received === 0 ? (
            <Empty title="No event was received yet">They show here as soon as they are accepted.</Empty>
          ) : (
            <FlowChart label="Ledger" flow={flow} />
          )}
        </div>
        <LedgerTable flow={flow} />
      </div>
      {reasons.length > 0 && (
        <div className="mt-4 max-w-xl">
          <BarList
            bars={reasons.map(([reason, count]) => ({
              name: words(reason),
              figure: { value: count, error: null },
              share: (count / Math.max(1, ledger.rejected)) * 100,
            }))}
            unit="count"
            of="Rejected because of"
            counts="events"
          />
        </div>
      )}
    </Card>
  );
}
