'use client';
import type { FrequentPath } from '@tallymark/contract/patterns';
import { writeNumber } from '../../../format/numbers.ts';
import { Card } from '../../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/states.tsx';

const COLUMNS = [
  { title: 'Pages, one after the other' },
  { title: 'Sessions', right: true },
  { title: 'Of all', right: true },
  { title: 'More than by chance', right: true },
  { title: 'Convert', right: true },
];
const times = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** Ways that many sessions take, the most frequent first. */
export function PathTable({ paths }: { paths: readonly FrequentPath[] }) {
  return (
    <Card title="Frequent paths" note="Two to five pages that at least one session in a hundred sees in a row">
      {paths.length === 0 ? (
        <Empty title="No frequent paths">No two pages are seen one after the other often enough.</Empty>
      ) : (
        <DataTable label="Frequent paths" columns={COLUMNS}>
          {paths.map(({ pages, sessions, share, lift, conversionRate }) => (
            <Row key={pages.join('\0')}>
              <Cell head long>
                {pages.join(' → ')}
              </Cell>
              <Cell right>{writeNumber(sessions, 'count')}</Cell>
              <Cell right>{writeNumber(share, 'percent')}</Cell>
              <Cell right>{times.format(lift)} ×</Cell>
              <Cell right>{writeNumber(conversionRate, 'percent')}</Cell>
            </Row>
          ))}
        </DataTable>
      )}
    </Card>
  );
}
