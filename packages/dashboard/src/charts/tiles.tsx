import type { ReactNode } from 'react';
import { Skeleton } from '../ui/skeleton.tsx';

export interface TileEntry {
  readonly name: string;
  readonly value: ReactNode;
  /** What to compare it with, or what it is made of. */
  readonly note?: ReactNode;
}

const GRID = 'grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border';
const FOUR = 4;

const gridOf = (count: number) => (count < FOUR ? GRID : `${GRID} sm:grid-cols-4`);

/** The few numbers to look at first. Two, or a multiple of four: they stand in rows of as many. */
export function Tiles({ tiles }: { tiles: readonly TileEntry[] }) {
  return (
    <dl className={gridOf(tiles.length)}>
      {tiles.map(({ name, value, note }) => (
        <div key={name} className="h-[5.5rem] bg-card p-3">
          <dt className="text-xs text-muted-foreground">{name}</dt>
          <dd className="truncate text-xl font-semibold tracking-tight">{value}</dd>
          <dd className="truncate text-xs text-muted-foreground">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

export function TilesLoading({ count }: { count: number }) {
  return (
    <div className={gridOf(count)}>
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={at} className="h-[5.5rem] bg-card p-3">
          <Skeleton className="mb-3 h-4 w-16" />
          <Skeleton className="h-6 w-20" />
        </div>
      ))}
    </div>
  );
}
