'use client';
import type { CampaignStatisticsAnswer } from '@tallymark/contract/reports/campaigns';
import { TimeseriesChart } from '../../charts/timeseries-chart.tsx';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/select.tsx';
import { COLUMNS, MEASURES } from './columns.ts';
import { useCampaignState } from './use-campaigns.ts';

const column = (sort: string) => COLUMNS.find((one) => one.sort === sort);
const OPTIONS = MEASURES.map((value) => ({ value, label: column(value)?.title ?? value }));

/** One measure by the day. */
export function CampaignDays({ days }: { days: CampaignStatisticsAnswer['days'] }) {
  const [{ measure }, setState] = useCampaignState();
  const { title = measure, unit = 'count' } = column(measure) ?? {};
  const points = days.flatMap((day) => {
    const figure = day[measure];
    if (figure === null) return [];
    const { value, error } = figure;
    return [{ start: day.start, value, ...(error && { margin: 2 * error.standard }) }];
  });
  return (
    <Card
      title={`${title} by day`}
      actions={
        <Select
          label="What the chart shows"
          value={measure}
          options={OPTIONS}
          onChange={(picked) => void setState({ measure: picked })}
        />
      }
    >
      <TimeseriesChart label={title} points={points} bucket="day" unit={unit} />
    </Card>
  );
}
