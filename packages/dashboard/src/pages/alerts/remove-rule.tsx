'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { Trash2 } from 'lucide-react';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { CHANGED } from './use-alerts.ts';

export function RemoveRule({ alert: { id, name } }: { alert: Alert }) {
  const remove = useAction((client) => client.alerts.remove.mutate({ id }), CHANGED);
  return (
    <FormDialog
      trigger={
        <Button variant="danger" size="small" aria-label={`Remove ${name}`}>
          <Trash2 aria-hidden /> Remove
        </Button>
      }
      title={`Remove ${name}?`}
      note="It is not checked any more. What it has fired stays in the history."
      submit="Remove it"
      danger
      pending={remove.isPending}
      error={remove.error}
      onOpen={() => remove.reset()}
      onSubmit={(close) => remove.mutate(undefined, { onSuccess: close })}
    />
  );
}
