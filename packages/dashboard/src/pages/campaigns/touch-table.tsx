import type { AttributedConversions } from '@tallymark/contract/reports/campaigns';
import { Figure } from '../../ui/figure.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Empty } from '../../ui/states.tsx';
import { type TouchRow, touchRows } from './touches.ts';

const head = 'py-2 pl-4 text-right text-xs text-muted-foreground whitespace-nowrap';
const MODELS = ['first', 'last'] as const;

/** Which campaign conversions are told by: the first that a visitor came by, and the last. */
export function TouchTable({ attribution }: { attribution: readonly AttributedConversions[] }) {
  const rows = touchRows(attribution);
  if (rows.length === 0) return <Empty title="No conversions in this period" />;
  return (
    <ScrollRegion wide label="Conversions by touch">
      <table className="text-sm" aria-label="Conversions by touch">
        <thead>
          <tr className="border-b">
            <th scope="col" className="py-2 text-left text-xs text-muted-foreground">
              Campaign
            </th>
            <th scope="col" className={head}>
              First touch
            </th>
            <th scope="col" className={head}>
              Value
            </th>
            <th scope="col" className={head}>
              Last touch
            </th>
            <th scope="col" className={head}>
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} className="border-b last:border-0">
              <th scope="row" className="max-w-64 truncate py-1.5 text-left">
                {row.name}
              </th>
              {MODELS.map((model) => (
                <Credit key={model} credit={row[model]} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Credit({ credit }: { credit: TouchRow['first'] }) {
  const cell = 'py-1.5 pl-4 text-right whitespace-nowrap';
  return (
    <>
      <td className={cell}>{credit ? <Figure figure={credit.conversions} unit="count" compact /> : '–'}</td>
      <td className={cell}>{credit ? <Figure figure={credit.value} unit="cents" compact /> : '–'}</td>
    </>
  );
}
