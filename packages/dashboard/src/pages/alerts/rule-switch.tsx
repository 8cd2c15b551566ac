'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { Switch } from 'radix-ui';
import { useAction } from '../../data/use-action.ts';
import { ActionError } from '../../ui/action-error.tsx';
import { CHANGED } from './use-alerts.ts';

/** Switches a rule on and off. One that is off is not checked. */
export function RuleSwitch({ alert: { id, name, enabled } }: { alert: Alert }) {
  const change = useAction((client, next: boolean) => client.alerts.change.mutate({ id, enabled: next }), CHANGED);
  const shown = change.isPending ? change.variables : enabled;
  return (
    <>
      <Switch.Root
        checked={shown}
        onCheckedChange={(next) => !change.isPending && change.mutate(next)}
        aria-label={`Check ${name}`}
        className="inline-flex h-5 w-9 items-center rounded-full border border-muted-foreground bg-muted px-0.5 align-middle data-[state=checked]:border-primary data-[state=checked]:bg-primary"
      >
        <Switch.Thumb className="block size-3.5 rounded-full bg-muted-foreground transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-primary-foreground" />
      </Switch.Root>
      <ActionError error={change.error} />
    </>
  );
}
