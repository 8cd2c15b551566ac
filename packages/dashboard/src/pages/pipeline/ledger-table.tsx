import { Fragment } from 'react';
import type { FlowNode } from '../../charts/flow-layout.ts';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { classNames } from '../../ui/class-names.ts';

const figure = 'py-1 pl-4 text-right whitespace-nowrap';

/** The flow as a table. The sums are added up here, whatever the server says of them. */
export function LedgerTable({ flow }: { flow: FlowNode }) {
  const sums = [flow, ...(flow.parts ?? []).filter(({ parts }) => parts)];
  return (
    <table className="text-sm" aria-label="Ledger">
      <thead>
        <tr className="text-xs text-muted-foreground">
          <th scope="col" className="pb-1 text-left">
            Events
          </th>
          <th scope="col" className="pb-1 pl-4 text-right">
            Number
          </th>
          <th scope="col" className="pb-1 pl-4 text-right">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {sums.map((sum) => (
          <Fragment key={sum.name}>
            <tr className="border-t font-medium">
              <th scope="row" className="py-1 text-left">
                {sum.name}
              </th>
              <td className={figure}>{writeCount(sum.value)}</td>
              <td className={figure}>
                <SumCheck sum={sum} />
              </td>
            </tr>
            {(sum.parts ?? []).map(({ name, value }) => (
              <tr key={name}>
                <th scope="row" className="py-1 pl-4 text-left text-muted-foreground">
                  {name}
                </th>
                <td className={figure}>{writeCount(value)}</td>
                <td className={classNames(figure, 'text-muted-foreground')}>
                  {sum.value === 0 ? '–' : writeNumber((value / sum.value) * 100, 'percent')}
                </td>
              </tr>
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function SumCheck({ sum: { value, parts = [] } }: { sum: FlowNode }) {
  const off = parts.reduce((total, part) => total + part.value, 0) - value;
  return off === 0 ? (
    <span className="text-xs text-good">adds up</span>
  ) : (
    <span className="text-xs text-bad">off by {writeCount(off)}</span>
  );
}
