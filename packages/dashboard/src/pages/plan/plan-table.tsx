'use client';
import type { PlannedType } from '@tallymark/contract/reports/plan';
import { writeCount } from '../../format/numbers.ts';
import { writeAgo } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Empty } from '../../ui/states.tsx';
import { reasonsInWords } from './reasons.ts';
import { type Shown, usePlanState } from './use-plan.ts';

const FILTERS: Readonly<Record<Shown, (type: PlannedType) => boolean>> = {
  all: () => true,
  seen: ({ lastSeenAt }) => lastSeenAt !== null,
  unseen: ({ lastSeenAt }) => lastSeenAt === null,
  rejected: ({ rejected }) => rejected > 0,
};

const figure = 'py-1.5 pl-4 text-right whitespace-nowrap';
const head = 'py-2 pl-4 text-xs text-muted-foreground whitespace-nowrap';

/** The planned types, those with the most events first. */
export function PlanTable({ types, now }: { types: readonly PlannedType[]; now: number }) {
  const [{ show, search }, setState] = usePlanState();
  const sought = search.trim().toLowerCase();
  const shown = types
    .filter((type) => FILTERS[show](type) && type.eventType.includes(sought))
    .sort((a, b) => b.events - a.events || b.rejected - a.rejected);
  if (shown.length === 0) {
    return <Empty title="No such type">{sought ? `None has “${search}” in its name.` : 'Show all types again.'}</Empty>;
  }
  return (
    <ScrollRegion wide label="Event types">
      <table className="text-sm" aria-label="Event types">
        <thead>
          <tr className="border-b">
            <th scope="col" className="py-2 text-left text-xs text-muted-foreground">
              Type
            </th>
            <th scope="col" className={`${head} text-left`}>
              Happens to
            </th>
            <th scope="col" className={`${head} text-right`}>
              Kept
            </th>
            <th scope="col" className={`${head} text-right`}>
              Events
            </th>
            <th scope="col" className={`${head} text-left`}>
              Last seen
            </th>
            <th scope="col" className={`${head} text-right`}>
              Rejected
            </th>
            <th scope="col" className={`${head} text-left`}>
              Because of
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((type) => (
            <tr key={type.eventType} className="border-b last:border-0 hover:bg-muted/50">
              <th scope="row" className="py-1.5 text-left whitespace-nowrap">
                <button
                  type="button"
                  className="font-mono text-xs text-primary hover:underline"
                  onClick={() => void setState({ type: type.eventType })}
                >
                  {type.eventType}
                </button>
              </th>
              <td className="py-1.5 pl-4 text-muted-foreground">{type.entityType ?? '–'}</td>
              <td className={figure}>{keptInWords(type)}</td>
              <td className={figure}>{writeCount(Math.round(type.events), true)}</td>
              <td className="py-1.5 pl-4 whitespace-nowrap">
                {type.lastSeenAt ? writeAgo(type.lastSeenAt, now) : <Badge tone="warn">never seen</Badge>}
              </td>
              <td className={`${figure} ${type.rejected > 0 ? 'text-bad' : 'text-muted-foreground'}`}>
                {writeCount(type.rejected)}
              </td>
              <td className="py-1.5 pl-4 text-muted-foreground">{reasonsInWords(type.reasons)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const keptInWords = ({ alwaysKeep, samplingRate, aggregate }: PlannedType) =>
  `${alwaysKeep ? 100 : samplingRate} %${aggregate ? ', summed' : ''}`;
