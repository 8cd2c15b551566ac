'use client';
import { parseAsStringEnum, useQueryState } from 'nuqs';
import { BreakdownCard } from './breakdown-card.tsx';
import { BREAKDOWNS } from './breakdowns.ts';
import { Headline } from './headline.tsx';
import { MetricChart } from './metric-chart.tsx';
import { METRICS, type Metric } from './metrics.ts';

export function Overview() {
  const [metric, setMetric] = useQueryState('metric', parseAsStringEnum<Metric>([...METRICS]).withDefault('visitors'));
  return (
    <div className="grid gap-4">
      <Headline metric={metric} onPick={(picked) => void setMetric(picked)} />
      <MetricChart metric={metric} />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {BREAKDOWNS.map((breakdown) => (
          <BreakdownCard key={breakdown.title} {...breakdown} />
        ))}
      </div>
    </div>
  );
}
