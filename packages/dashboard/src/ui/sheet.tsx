'use client';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

interface SheetProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** Width, and what the content wants of its place. */
  readonly className?: string;
  /** The focus goes to the first field, instead of the first button. */
  readonly form?: boolean;
  /** It holds what is shown once: a click beside it or a key must not lose it. */
  readonly sticky?: boolean;
  readonly children: ReactNode;
}

/** Stands over the right of the page. Closing it leads back to where the page was, and the focus to what opened it. */
export function Sheet({ title, open, onClose, className, form = false, sticky = false, children }: SheetProps) {
  // There is no trigger beside it that the focus could go back to by itself.
  const opener = useRef<Element | null>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
      <Dialog.Content
        aria-describedby={undefined}
        onOpenAutoFocus={(event) => {
          opener.current = document.activeElement;
          const field =
            form && event.currentTarget instanceof HTMLElement && event.currentTarget.querySelector('input');
          if (!field) return;
          event.preventDefault();
          field.focus();
        }}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          if (opener.current instanceof HTMLElement) opener.current.focus();
        }}
        onEscapeKeyDown={(event) => sticky && event.preventDefault()}
        onInteractOutside={(event) => sticky && event.preventDefault()}
        className={classNames(
          'fixed inset-y-0 right-0 z-50 flex w-full flex-col overflow-y-auto border-l bg-background shadow-lg outline-none',
          className,
        )}
      >
        <div className="flex items-center justify-between gap-4 px-4 pt-4 sm:px-6">
          <Dialog.Title className="min-w-0 truncate text-base font-semibold">{title}</Dialog.Title>
          <Dialog.Close asChild>
            <Button variant="ghost" size="icon" aria-label="Close">
              <X aria-hidden />
            </Button>
          </Dialog.Close>
        </div>
        {children}
      </Dialog.Content>
    </Dialog.Root>
  );
}
