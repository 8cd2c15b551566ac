import { cva, type VariantProps } from 'class-variance-authority';
import type { ReactNode } from 'react';

const look = cva('inline-flex items-center gap-1 rounded-full border px-2 text-xs leading-5 font-medium', {
  variants: { tone: { plain: 'text-muted-foreground', good: 'text-good', warn: 'text-warn', bad: 'text-bad' } },
  defaultVariants: { tone: 'plain' },
});

/** A state in a word; the colour only repeats what the word says. */
export function Badge({ tone, children }: VariantProps<typeof look> & { children: ReactNode }) {
  return <span className={look({ tone })}>{children}</span>;
}
