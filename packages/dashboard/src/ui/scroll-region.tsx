import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface ScrollRegionProps {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** What may be wider than the page and then scrolls by itself, by keyboard too. */
export function ScrollRegion({ label, className, children }: ScrollRegionProps) {
  return (
    // Positioned, so that what is for screen readers alone stays inside and does not widen the page.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to scroll by keyboard
    <section className={classNames('relative overflow-x-auto', className)} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
