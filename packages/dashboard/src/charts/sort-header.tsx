import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';

interface SortHeaderProps {
  readonly children: ReactNode;
  /** How the table is in order of this column; null where it is in order of another. */
  readonly order: 'asc' | 'desc' | null;
  readonly onSort: () => void;
}

/** The head of a column of figures that the table can be put in order of. */
export function SortHeader({ children, order, onSort }: SortHeaderProps) {
  const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      className="py-2 pl-4 text-right text-xs whitespace-nowrap"
      aria-sort={order === null ? undefined : order === 'asc' ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        className={classNames(
          'inline-flex items-center gap-1 hover:text-foreground',
          order === null ? 'text-muted-foreground' : 'font-medium text-foreground',
        )}
        onClick={onSort}
      >
        <Arrow className={classNames('size-3', order === null && 'invisible')} aria-hidden />
        {children}
      </button>
    </th>
  );
}
