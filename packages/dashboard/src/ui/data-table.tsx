import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** Said, not shown: above buttons. */
  readonly silent?: boolean;
}

/** Rows under named columns; on a phone it scrolls by itself. Cells are given as `<Cell>`. */
export function DataTable({
  label,
  columns,
  children,
}: {
  label: string;
  columns: readonly Column[];
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to scroll by keyboard
    <section className="relative overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className="text-sm">
        <thead>
          <tr className="border-b text-left text-xs text-muted-foreground">
            {columns.map(({ title, right, silent }) => (
              <th key={title} scope="col" className={classNames('py-1.5 pr-4 last:pr-0', right && 'text-right')}>
                {silent ? <span className="sr-only">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

export function Row({ faded, children }: { faded?: boolean; children: ReactNode }) {
  return <tr className={classNames('border-b last:border-b-0', faded && 'text-muted-foreground')}>{children}</tr>;
}

interface CellProps {
  readonly right?: boolean;
  /** Names the row. */
  readonly head?: boolean;
  /** May take more than a line. */
  readonly long?: boolean;
  readonly children?: ReactNode;
}

export function Cell({ right, head, long, children }: CellProps) {
  const look = classNames('py-2 pr-4 align-top last:pr-0', right && 'text-right', !long && 'whitespace-nowrap');
  if (!head) return <td className={look}>{children}</td>;
  return (
    <th scope="row" className={classNames(look, 'text-left font-medium')}>
      {children}
    </th>
  );
}
