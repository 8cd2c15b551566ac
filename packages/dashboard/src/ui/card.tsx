import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface CardProps {
  readonly title?: ReactNode;
  /** Beside the title: a switch, a link. */
  readonly actions?: ReactNode;
  /** Under the title: what is counted here. */
  readonly note?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Card({ title, actions, note, className, children }: CardProps) {
  return (
    <section className={classNames('rounded-lg border bg-card p-4', className)}>
      {(title || actions) && (
        <header className="mb-3 flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1">
          <div>
            <h2 className="text-sm font-semibold">{title}</h2>
            {note && <p className="text-xs text-muted-foreground">{note}</p>}
          </div>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
