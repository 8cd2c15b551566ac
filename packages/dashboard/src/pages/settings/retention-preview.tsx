import type { MonthPlan } from '@tallymark/analytics/retain/shapes';
import { writeNumber } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';

const COLUMNS = [
  { title: 'Month' },
  { title: 'What becomes of it' },
  { title: 'Events that go', right: true },
  { title: 'Events that stay', right: true },
  { title: 'Size', right: true },
];

const ACTIONS: Readonly<Record<MonthPlan['action'], string>> = {
  drop: 'goes as a whole',
  delete: 'goes in part',
  keep: 'stays, though it is old',
};

/** Month by month, what the next run would do. */
export function RetentionPreview({ months }: { months: readonly MonthPlan[] }) {
  if (months.length === 0) return <p className="text-muted-foreground">No month is old enough for anything to go.</p>;
  return (
    <DataTable label="What the next run would remove" columns={COLUMNS}>
      {months.map(({ month, action, rows, stays, bytes, archive, heldUntil }) => (
        <Row key={month}>
          <Cell head>{month.replace('_', '-')}</Cell>
          <Cell>
            {ACTIONS[action]}
            {archive && ', archived before'}
            {heldUntil && `, held until ${writeMoment(heldUntil)}`}
          </Cell>
          <Cell right>{writeNumber(rows, 'count')}</Cell>
          <Cell right>{writeNumber(stays.exempt + stays.kept, 'count')}</Cell>
          <Cell right>{writeNumber(bytes, 'bytes')}</Cell>
        </Row>
      ))}
    </DataTable>
  );
}
