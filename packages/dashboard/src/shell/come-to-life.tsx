'use client';
import type { ReactNode } from 'react';
import { useHydrated } from '../state/use-hydrated.ts';

/** Says while a page that the server has drawn is without its scripts: it takes neither clicks nor Enter until they have come. */
export function ComeToLife({ children }: { children: ReactNode }) {
  return <div aria-busy={!useHydrated()}>{children}</div>;
}
