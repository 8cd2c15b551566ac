'use client';
import type { CampaignSort, CampaignStatisticsAnswer, MeasuredCampaign } from '@tallymark/contract/reports/campaigns';
import type { ReactNode } from 'react';
import { SortHeader } from '../../charts/sort-header.tsx';
import { Figure } from '../../ui/figure.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Empty } from '../../ui/states.tsx';
import { COLUMNS, figureOf } from './columns.ts';
import { useCampaignState } from './use-campaigns.ts';

interface CampaignTableProps {
  readonly answer: CampaignStatisticsAnswer;
  readonly label: string;
  /** What the first column holds. */
  readonly names: readonly ('campaign' | 'influencer')[];
}

/** A row for each campaign or influencer, one for all others, and the sum. */
export function CampaignTable({ answer: { rows, other, total }, label, names }: CampaignTableProps) {
  const [{ sort, order }, setState] = useCampaignState();
  if (rows.length === 0) {
    return (
      <Empty title="No campaign in this period">
        Campaigns are those that impressions, clicks and conversions name. Pick a longer period, or take off a filter.
      </Empty>
    );
  }
  const sortBy = (picked: CampaignSort) =>
    void setState({ sort: picked, order: picked === sort && order === 'desc' ? 'asc' : 'desc' });
  return (
    <ScrollRegion wide label={label}>
      <table className="text-sm" aria-label={label}>
        <thead>
          <tr className="border-b">
            {names.map((name) => (
              <th key={name} scope="col" className="py-2 pr-2 text-left text-xs text-muted-foreground capitalize">
                {name}
              </th>
            ))}
            {COLUMNS.map((column) => (
              <SortHeader
                key={column.sort}
                order={column.sort === sort ? order : null}
                onSort={() => sortBy(column.sort)}
              >
                {column.title}
              </SortHeader>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.campaignId} ${row.influencerId}`} figures={row}>
              {names.map((name) => (
                <Name
                  key={name}
                  id={name === 'campaign' ? row.campaignId : row.influencerId}
                  onOpen={(id) => void setState({ [name]: id })}
                />
              ))}
            </Row>
          ))}
          {other.rows > 0 && (
            <Row figures={other}>
              <th scope="row" colSpan={names.length} className="py-1.5 text-left text-muted-foreground">
                {other.rows} others
              </th>
            </Row>
          )}
        </tbody>
        <tfoot>
          <Row figures={total} className="font-medium">
            <th scope="row" colSpan={names.length} className="py-2 text-left">
              Total
            </th>
          </Row>
        </tfoot>
      </table>
    </ScrollRegion>
  );
}

function Name({ id, onOpen }: { id: string | null; onOpen: (id: string) => void }) {
  return (
    <th scope="row" className="max-w-56 truncate py-1.5 pr-2 text-left">
      {id ? (
        <button type="button" className="text-primary hover:underline" onClick={() => onOpen(id)}>
          {id}
        </button>
      ) : (
        <span className="text-muted-foreground">(none)</span>
      )}
    </th>
  );
}

interface RowProps {
  readonly figures: Partial<MeasuredCampaign>;
  readonly className?: string;
  readonly children: ReactNode;
}

function Row({ figures, className = '', children }: RowProps) {
  return (
    <tr className={`border-b last:border-0 hover:bg-muted/50 ${className}`}>
      {children}
      {COLUMNS.map(({ sort, unit }) => {
        const figure = figureOf(figures, sort);
        return (
          <td key={sort} className="py-1.5 pl-4 text-right whitespace-nowrap">
            {figure ? <Figure figure={figure} unit={unit} compact /> : <span className="text-muted-foreground">–</span>}
          </td>
        );
      })}
    </tr>
  );
}
