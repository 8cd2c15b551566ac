'use client';
import type { EntityAnswer } from '@tallymark/contract/reports/entities';
import { useState } from 'react';
import { TimeseriesChart } from '../../charts/timeseries-chart.tsx';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/select.tsx';

const OPTIONS = [
  { value: 'events', label: 'Events' },
  { value: 'value', label: 'Value' },
] as const;

/** What happened to it, by the day. */
export function EntityDays({ days, valued }: { days: EntityAnswer['days']; valued: boolean }) {
  const [measure, setMeasure] = useState<'events' | 'value'>('events');
  const title = measure === 'events' ? 'Events' : 'Value';
  return (
    <Card
      title={`${title} by day`}
      actions={
        valued && <Select label="What the chart shows" value={measure} options={OPTIONS} onChange={setMeasure} />
      }
    >
      <TimeseriesChart
        label={title}
        points={days.map((day) => {
          const { value, error } = day[measure];
          return { start: day.start, value, ...(error && { margin: 2 * error.standard }) };
        })}
        bucket="day"
        unit={measure === 'events' ? 'count' : 'cents'}
      />
    </Card>
  );
}
