'use client';
import { Popover as Parts } from 'radix-ui';
import type { ReactNode } from 'react';

interface PopoverProps {
  /** What opens it; it must be able to take the focus. */
  readonly trigger: ReactNode;
  readonly label: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly children: ReactNode;
}

/** A small form or list beside what opens it. Stays inside the dashboard, so that it has its colours. */
export function Popover({ trigger, label, open, onOpenChange, children }: PopoverProps) {
  return (
    <Parts.Root open={open} onOpenChange={onOpenChange}>
      <Parts.Trigger asChild>{trigger}</Parts.Trigger>
      <Parts.Content
        aria-label={label}
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className="z-50 max-h-[70dvh] w-80 max-w-[calc(100vw-1rem)] overflow-auto rounded-lg border bg-card p-3 text-sm shadow-lg outline-none"
      >
        {children}
      </Parts.Content>
    </Parts.Root>
  );
}
