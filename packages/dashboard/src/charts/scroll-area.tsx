import type { ReactNode } from 'react';

/** Lets what is wider than the page be scrolled sideways, by keyboard too. */
export function ScrollArea({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse could not scroll it otherwise
    <section aria-label={label} tabIndex={0} className="-mx-4 overflow-x-auto px-4">
      {children}
    </section>
  );
}
