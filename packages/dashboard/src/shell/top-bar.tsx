'use client';
import { useSites } from '../data/use-site.ts';
import { AddFilter } from '../filters/add-filter.tsx';
import { SegmentMenu } from '../segments/segment-menu.tsx';
import { PERIOD_NAMES, PERIODS } from '../state/period.ts';
import { useSiteId } from '../state/site-context.ts';
import { useScope } from '../state/use-scope.ts';
import { Select } from '../ui/select.tsx';
import { CustomPeriod } from './custom-period.tsx';
import { FilterChips } from './filter-chips.tsx';
import type { PageEntry } from './pages.ts';

const PERIOD_OPTIONS = PERIODS.map((value) => ({ value, label: PERIOD_NAMES[value] }));
const BOT_OPTIONS = [
  { value: 'exclude', label: 'People' },
  { value: 'include', label: 'People and bots' },
  { value: 'only', label: 'Bots' },
] as const;

/** The page's title and, where they mean something, site, period and filters. */
export function TopBar({ entry }: { entry: PageEntry }) {
  const { state, setState } = useScope();
  return (
    <div className="sticky top-0 z-30 border-b bg-background/95 px-4 py-2 backdrop-blur lg:px-6">
      <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-2">
        <h1 className="mr-auto text-base font-semibold">{entry.title}</h1>
        <SiteSelect onChange={(site) => void setState({ site, segment: null })} />
        {entry.scoped && (
          <>
            <SegmentMenu />
            <AddFilter />
            <Select
              label="Who is counted"
              value={state.bots as (typeof BOT_OPTIONS)[number]['value']}
              options={BOT_OPTIONS}
              onChange={(bots) => void setState({ bots })}
            />
            <Select
              label="Period"
              value={state.period}
              options={PERIOD_OPTIONS}
              onChange={(period) => void setState({ period })}
            />
            {state.period === 'custom' && <CustomPeriod />}
          </>
        )}
      </div>
      {entry.scoped && <FilterChips />}
    </div>
  );
}

/** Only where there is a choice. */
function SiteSelect({ onChange }: { onChange: (site: string) => void }) {
  const { data } = useSites();
  const site = useSiteId();
  if (!data || data.sites.length < 2) return null;
  const options = data.sites.map(({ siteId, name }) => ({ value: siteId, label: name }));
  return <Select label="Site" value={site ?? ''} options={options} onChange={onChange} />;
}
