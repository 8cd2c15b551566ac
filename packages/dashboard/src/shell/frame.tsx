'use client';
import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { useTheme } from './theme.ts';

/** Gives everything in it the dashboard's colours. Only it is drawn anew with another theme: a page that has not come to life yet would begin anew and lose what was typed. */
export function Frame({ children }: { children: ReactNode }) {
  const { dark } = useTheme();
  return (
    <div className={classNames('tallymark', dark && 'dark')} suppressHydrationWarning>
      {children}
    </div>
  );
}
