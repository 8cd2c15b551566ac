'use client';
import type { BaselineAnswer } from '@tallymark/contract/reports/baseline';
import type { Series, TimeseriesAnswer } from '@tallymark/contract/reports/timeseries';
import { type TimePoint, TimeseriesChart } from '../../charts/timeseries-chart.tsx';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { HEADLINE, type Metric } from './metrics.ts';
import { UsualNote } from './usual-note.tsx';

const HEIGHT = 260;

/** One metric over time, the period before as a dashed line, what would have been usual as a band. */
export function MetricChart({ metric }: { metric: Metric }) {
  const { scope, state, setState } = useScope();
  const input = { ...scope, metric, previous: state.compare };
  const series = useQuestion(['stats.timeseries', input], (client, signal) =>
    client.stats.timeseries.query(input, { signal }),
  );
  const unit = series.data?.unit;
  // Visitors of an hour would have to be counted for each hour of eight weeks.
  const seasonal = unit === 'day' || (unit === 'hour' && metric !== 'visitors') ? unit : null;
  const usual = useQuestion(
    ['stats.baseline', scope, metric, seasonal],
    async (client, signal) => {
      if (seasonal === null) return null;
      return client.stats.baseline.query({ ...scope, metric, unit: seasonal }, { signal });
    },
    { enabled: unit !== undefined },
  );
  // The former answer stays on the page meanwhile, and may be about another metric.
  const baseline = usual.isPlaceholderData ? null : (usual.data ?? null);
  const title = HEADLINE.find((entry) => entry.metric === metric)?.title ?? metric;
  return (
    <Card
      title={title}
      actions={
        <label className="inline-flex items-center gap-2 text-xs text-muted-foreground">
          <input
            type="checkbox"
            className="accent-(--primary)"
            checked={state.compare}
            onChange={({ target }) => void setState({ compare: target.checked })}
          />
          Compare with the period before
        </label>
      }
    >
      <Answered question={series} loading={<Skeleton className="mb-7 h-[260px] w-full" />}>
        {(answer) => {
          const points = pointsOf(answer, baseline);
          return (
            <>
              <TimeseriesChart label={title} points={points} bucket={answer.unit} unit="count" height={HEIGHT} />
              <UsualNote points={points} bucket={answer.unit} seasonal={seasonal !== null} told={baseline !== null} />
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function pointsOf({ series: [now], previous }: TimeseriesAnswer, baseline: BaselineAnswer | null): TimePoint[] {
  const usualAt = new Map(baseline?.points.map((point) => [point.start, point]));
  const before: Series['points'] = previous?.[0]?.points ?? [];
  return (now?.points ?? []).map(({ start, value, error }, at) => {
    const earlier = before[at];
    const { usual = null, unusual = null } = usualAt.get(start) ?? {};
    return {
      start,
      value,
      ...(error && { margin: 2 * error.standard }),
      ...(earlier && { previous: earlier.value }),
      ...(usual && { usual: [usual.low, usual.high] as const }),
      ...(unusual && { unusual }),
    };
  });
}
