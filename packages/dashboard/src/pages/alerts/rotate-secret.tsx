'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { RotateCw } from 'lucide-react';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { CHANGED } from './use-alerts.ts';

interface RotateSecretProps {
  readonly alert: Alert;
  readonly onRotated: (webhookSecret: string | null) => void;
}

/** Makes a new secret for the webhook of a rule. */
export function RotateSecret({ alert: { id, name }, onRotated }: RotateSecretProps) {
  const rotate = useAction((client) => client.alerts.rotateSecret.mutate({ id }), CHANGED);
  return (
    <div>
      <FormDialog
        trigger={
          <Button size="small">
            <RotateCw aria-hidden /> Make a new secret
          </Button>
        }
        title="Make a new secret?"
        note={`Requests of ${name} are signed with it at once; a receiver that has the former one refuses them until it has the new one. What is changed in the form is not saved.`}
        submit="Make it"
        pending={rotate.isPending}
        error={rotate.error}
        onOpen={() => rotate.reset()}
        onSubmit={(close) =>
          rotate.mutate(undefined, {
            onSuccess: ({ webhookSecret }) => {
              close();
              onRotated(webhookSecret);
            },
          })
        }
      />
    </div>
  );
}
