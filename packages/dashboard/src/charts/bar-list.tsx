'use client';
import type { Figure as FigureData } from '@tallymark/contract/reports/figure';
import type { ReactNode } from 'react';
import type { Unit } from '../format/numbers.ts';
import { Figure } from '../ui/figure.tsx';
import { Empty } from '../ui/states.tsx';

interface Bar {
  readonly name: string | null;
  readonly figure: FigureData;
  /** Per cent of the total. */
  readonly share: number;
}

interface BarListProps {
  readonly bars: readonly Bar[];
  readonly unit: Unit;
  /** What the names are, for the head of the list. */
  readonly of: ReactNode;
  readonly counts: ReactNode;
  /** Called with the name that was picked. */
  readonly onPick?: (name: string | null) => void;
  readonly empty?: string;
}

/** Values with their figures, and a bar behind each, as long as it is frequent. */
export function BarList({ bars, unit, of, counts, onPick, empty = 'Nothing in this period' }: BarListProps) {
  if (bars.length === 0) return <Empty title={empty} />;
  const longest = Math.max(...bars.map(({ share }) => share));
  return (
    <table className="text-sm">
      <thead>
        <tr className="text-xs text-muted-foreground">
          <th scope="col" className="pb-1 text-left">
            {of}
          </th>
          <th scope="col" className="pb-1 text-right">
            {counts}
          </th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ name, figure, share }) => (
          <tr key={String(name)}>
            <th scope="row" className="w-full max-w-0 py-0.5 pr-3 text-left">
              <span className="relative flex h-7 items-center">
                <span
                  aria-hidden
                  className="absolute inset-y-0 left-0 rounded-sm bg-accent"
                  style={{ width: `${longest > 0 ? Math.max((share / longest) * 100, 0.5) : 0}%` }}
                />
                <Name name={name} onPick={onPick} />
              </span>
            </th>
            <td className="text-right whitespace-nowrap">
              <Figure figure={figure} unit={unit} compact />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Name({ name, onPick }: { name: string | null; onPick?: ((name: string | null) => void) | undefined }) {
  const written = name === null || name === '' ? '(none)' : name;
  const look = 'relative truncate px-2';
  if (!onPick) return <span className={look}>{written}</span>;
  return (
    <button type="button" className={`${look} hover:underline`} title={`Only ${written}`} onClick={() => onPick(name)}>
      {written}
    </button>
  );
}
