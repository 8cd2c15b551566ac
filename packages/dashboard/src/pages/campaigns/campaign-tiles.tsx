import type { CampaignStatisticsAnswer } from '@tallymark/contract/reports/campaigns';
import { type TileEntry, Tiles } from '../../charts/tiles.tsx';
import { writeNumber } from '../../format/numbers.ts';
import { Change, Figure } from '../../ui/figure.tsx';
import { type CampaignColumn, COLUMNS, figureOf } from './columns.ts';

const SHOWN = ['impressions', 'clicks', 'clickRate', 'conversions', 'conversionRate', 'value', 'cost', 'returnOnCost'];

/** The sums of the period beside those of the period before. */
export function CampaignTiles({ answer }: { answer: CampaignStatisticsAnswer }) {
  const columns = COLUMNS.filter(({ sort }) => SHOWN.includes(sort));
  return <Tiles tiles={columns.map((column) => tileOf(column, answer))} />;
}

function tileOf({ sort, title, unit, more }: CampaignColumn, { total, previous }: CampaignStatisticsAnswer): TileEntry {
  const figure = figureOf(total, sort);
  const before = isMeasured(sort) ? previous[sort] : null;
  return {
    name: title,
    value: figure ? <Figure figure={figure} unit={unit} compact /> : '–',
    note:
      figure === null || before === null ? (
        (NOTES[sort] ?? '')
      ) : before === 0 ? (
        'nothing before'
      ) : (
        <>
          <Change change={((figure.value - before) / before) * 100} more={more} /> from{' '}
          {writeNumber(before, unit, true)}
        </>
      ),
  };
}

const NOTES: Readonly<Record<string, string>> = {
  clickRate: 'clicks of impressions',
  conversionRate: 'conversions of clicks',
  returnOnCost: 'value of cost',
};

const isMeasured = (sort: string): sort is 'impressions' | 'clicks' | 'conversions' | 'value' | 'cost' =>
  ['impressions', 'clicks', 'conversions', 'value', 'cost'].includes(sort);
