'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { RuleForm } from './rule-form.tsx';
import { SecretNote } from './secret-note.tsx';

interface RuleSheetProps {
  /** Missing for a new rule. */
  readonly edited: Alert | undefined;
  readonly admin: boolean;
  readonly onClose: () => void;
}

/** A rule beside the list, to be made or changed. Afterwards the secret of its webhook, where there is a new one. */
export function RuleSheet({ edited, admin, onClose }: RuleSheetProps) {
  const [secret, setSecret] = useState<string | null>(null);
  // There is no trigger beside it that the focus could go back to by itself.
  const [opener] = useState(() => document.activeElement);
  const saved = (webhookSecret: string | null) => {
    if (webhookSecret === null) onClose();
    else setSecret(webhookSecret);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
      <Dialog.Content
        aria-describedby={undefined}
        onOpenAutoFocus={(event) => {
          event.preventDefault();
          if (event.currentTarget instanceof HTMLElement) event.currentTarget.querySelector('input')?.focus();
        }}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          if (opener instanceof HTMLElement) opener.focus();
        }}
        // A secret that is shown once is not lost by a click beside it or a key.
        onEscapeKeyDown={(event) => secret !== null && event.preventDefault()}
        onInteractOutside={(event) => secret !== null && event.preventDefault()}
        className="fixed inset-y-0 right-0 z-50 flex w-full max-w-xl flex-col overflow-y-auto border-l bg-background shadow-lg outline-none"
      >
        <div className="flex items-center justify-between gap-4 px-4 pt-4 sm:px-6">
          <Dialog.Title className="min-w-0 truncate text-base font-semibold">
            {edited ? `Edit ${edited.name}` : 'New rule'}
          </Dialog.Title>
          <Dialog.Close asChild>
            <Button variant="ghost" size="icon" aria-label="Close">
              <X aria-hidden />
            </Button>
          </Dialog.Close>
        </div>
        {secret === null ? (
          <RuleForm edited={edited} admin={admin} onSaved={saved} onCancel={onClose} />
        ) : (
          <SecretNote secret={secret} onDone={onClose} />
        )}
      </Dialog.Content>
    </Dialog.Root>
  );
}
