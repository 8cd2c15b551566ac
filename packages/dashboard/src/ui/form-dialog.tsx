'use client';
import { Dialog as Parts } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { ActionError } from './action-error.tsx';
import { Button } from './button.tsx';

interface FormDialogProps {
  /** What opens it; it must be able to take the focus. */
  readonly trigger: ReactNode;
  readonly title: string;
  readonly note?: ReactNode;
  /** What the button that does it says. */
  readonly submit: string;
  readonly pending: boolean;
  readonly error: Error | null;
  /** Does it; `close` once it is done. */
  readonly onSubmit: (close: () => void) => void;
  /** The dialog begins anew. */
  readonly onOpen?: () => void;
  readonly children?: ReactNode;
  /** The button takes something away for good. */
  readonly danger?: boolean;
}

const OVERLAY = 'fixed inset-0 z-50 bg-black/50';
const PANEL =
  'fixed top-1/2 left-1/2 z-50 grid max-h-[90dvh] w-[28rem] max-w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 gap-3 overflow-auto rounded-lg border bg-card p-4 text-left text-sm font-normal whitespace-normal shadow-lg outline-none';

/** A form, or a question before something is done, over the page. Stays inside the dashboard, so that it has its colours. */
export function FormDialog(props: FormDialogProps) {
  const [open, setOpen] = useState(false);
  const change = (next: boolean) => {
    if (next) props.onOpen?.();
    setOpen(next);
  };
  return (
    <Parts.Root open={open} onOpenChange={change}>
      <Parts.Trigger asChild>{props.trigger}</Parts.Trigger>
      {open && (
        <>
          <Parts.Overlay className={OVERLAY} />
          <Parts.Content className={PANEL} {...(!props.note && { 'aria-describedby': undefined })}>
            <div>
              <Parts.Title className="text-base font-semibold">{props.title}</Parts.Title>
              {props.note && <Parts.Description className="mt-1 text-muted-foreground">{props.note}</Parts.Description>}
            </div>
            <form
              className="grid gap-3"
              onSubmit={(event) => {
                event.preventDefault();
                props.onSubmit(() => setOpen(false));
              }}
            >
              {props.children}
              <ActionError error={props.error} />
              <div className="flex justify-end gap-2">
                <Parts.Close asChild>
                  <Button>Cancel</Button>
                </Parts.Close>
                <Button type="submit" variant={props.danger ? 'danger' : 'primary'} disabled={props.pending}>
                  {props.submit}
                </Button>
              </div>
            </form>
          </Parts.Content>
        </>
      )}
    </Parts.Root>
  );
}
