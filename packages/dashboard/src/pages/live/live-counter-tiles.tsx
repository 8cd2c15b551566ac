'use client';
import { exact } from '@tallymark/contract/reports/figure';
import type { LiveCounters } from '@tallymark/contract/reports/live';
import type { ReactNode } from 'react';
import { Figure } from '../../ui/figure.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

const VISITOR_WINDOW_MS = 5 * 60_000;

/** What the servers count each second, whatever types the stream shows. */
export function LiveCounterTiles({ counters }: { counters: LiveCounters | null }) {
  const number = (value: number | undefined) =>
    value === undefined ? <Skeleton className="h-7 w-12" /> : <Figure figure={exact(value)} unit="count" />;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-4">
      <Tile title="Events, last second">{number(counters?.lastSecond)}</Tile>
      <Tile title="Events, last minute">{number(counters?.lastMinute)}</Tile>
      <Tile title="Active visitors" note={counters ? `last ${windowOf(counters)}` : undefined}>
        {number(counters?.activeVisitors)}
      </Tile>
      <div className="h-24 bg-card p-3">
        <dt className="text-xs text-muted-foreground">Most frequent, last minute</dt>
        <dd>
          {counters?.byType.length === 0 && <p className="text-xs text-muted-foreground">no events</p>}
          <ul className="text-xs">
            {counters?.byType.slice(0, 3).map(({ eventType, events }) => (
              <li key={eventType} className="flex justify-between gap-2">
                <span className="truncate">{eventType}</span>
                <Figure figure={exact(events)} unit="count" />
              </li>
            ))}
          </ul>
        </dd>
      </div>
    </dl>
  );
}

function Tile({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <div className="h-24 bg-card p-3">
      <dt className="text-xs text-muted-foreground">{title}</dt>
      <dd className="text-xl font-semibold tracking-tight">{children}</dd>
      {note && <dd className="text-xs text-muted-foreground">{note}</dd>}
    </div>
  );
}

/** Five minutes, or less where what came before is not known any more. */
function windowOf({ at, since }: LiveCounters): string {
  const known = Math.min(VISITOR_WINDOW_MS, Date.parse(at) - Date.parse(since));
  return known >= VISITOR_WINDOW_MS ? '5 minutes' : `${Math.max(1, Math.round(known / 1_000))} s`;
}
