'use client';
import { type ReactNode, useSyncExternalStore } from 'react';

const never = () => () => {};

/** Says while a page that the server has drawn is without its scripts: it takes neither clicks nor Enter until they have come. */
export function ComeToLife({ children }: { children: ReactNode }) {
  const alive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return <div aria-busy={!alive}>{children}</div>;
}
