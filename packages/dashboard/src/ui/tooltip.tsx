'use client';
import { Tooltip as Parts } from 'radix-ui';
import type { ReactNode } from 'react';

/** An explanation that opens on hover and on focus. The child must be able to take the focus. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Parts.Provider delayDuration={200}>
      <Parts.Root>
        <Parts.Trigger asChild>{children}</Parts.Trigger>
        <Parts.Content
          sideOffset={6}
          className="z-50 max-w-72 rounded-md border bg-card px-3 py-2 text-xs text-foreground shadow-lg"
        >
          {text}
        </Parts.Content>
      </Parts.Root>
    </Parts.Provider>
  );
}
