'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { useState } from 'react';
import { Sheet } from '../../ui/sheet.tsx';
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
  const saved = (webhookSecret: string | null) => {
    if (webhookSecret === null) onClose();
    else setSecret(webhookSecret);
  };
  return (
    <Sheet
      open
      form
      title={edited ? `Edit ${edited.name}` : 'New rule'}
      sticky={secret !== null}
      onClose={onClose}
      className="max-w-xl"
    >
      {secret === null ? (
        <RuleForm edited={edited} admin={admin} onSaved={saved} onCancel={onClose} />
      ) : (
        <SecretNote secret={secret} onDone={onClose} />
      )}
    </Sheet>
  );
}
