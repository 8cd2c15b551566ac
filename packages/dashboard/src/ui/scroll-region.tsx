import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface ScrollRegionProps {
  readonly label: string;
  /** Reaches to the edges of the card it is in. */
  readonly wide?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** What may be wider than the page and then scrolls by itself, by keyboard too. */
export function ScrollRegion({ label, wide, className, children }: ScrollRegionProps) {
  return (
    // Positioned, so that what is for screen readers alone stays inside and does not widen the page.
    <section
      className={classNames('scroll-hint relative overflow-x-auto', wide && '-mx-4 px-4', className)}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to scroll by keyboard
      tabIndex={0}
    >
      {children}
    </section>
  );
}
