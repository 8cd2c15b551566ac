'use client';
import { useState } from 'react';
import { BarList } from '../../charts/bar-list.tsx';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import type { Breakdown, BreakdownTab } from './breakdowns.ts';

const ROWS = 8;

/** The most frequent values of a dimension; a click makes one a filter. */
export function BreakdownCard({ title, tabs }: Breakdown) {
  const [open, setOpen] = useState<string>(tabs[0].by);
  const tab = tabs.find(({ by }) => by === open) ?? tabs[0];
  const list = <Values tab={tab} />;
  if (tabs.length === 1) return <Card title={title}>{list}</Card>;
  return (
    <Card title={title}>
      <Tabs label={title} value={tab.by} tabs={tabs.map(({ by, label }) => ({ value: by, label }))} onChange={setOpen}>
        {list}
      </Tabs>
    </Card>
  );
}

function Values({ tab: { by, label, metric, filter, onlyNamed = false } }: { tab: BreakdownTab }) {
  const { scope, addFilter } = useScope();
  const input = { ...scope, by, metric, limit: onlyNamed ? ROWS + 1 : ROWS };
  const breakdown = useQuestion(['stats.breakdown', input], (client, signal) =>
    client.stats.breakdown.query(input, { signal }),
  );
  return (
    <Answered question={breakdown} loading={<Skeleton className="h-[17rem] w-full" />}>
      {({ rows }) => (
        <div className="min-h-[17rem]">
          <BarList
            bars={rows
              .filter(({ name }) => !onlyNamed || name !== null)
              .slice(0, ROWS)
              .map(({ name, value, error, share }) => ({ name, share, figure: { value, error } }))}
            unit="count"
            of={label}
            counts={metric}
            {...(filter && {
              onPick: (name) =>
                void addFilter(
                  name === null ? { field: filter, op: 'missing' } : { field: filter, op: 'is', value: name },
                ),
            })}
          />
        </div>
      )}
    </Answered>
  );
}
