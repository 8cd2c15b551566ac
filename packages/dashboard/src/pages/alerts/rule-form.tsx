'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { type FormEvent, useEffect, useId, useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConditionFields } from './condition-fields.tsx';
import { FormId, TextField } from './field.tsx';
import { RotateSecret } from './rotate-secret.tsx';
import { SourceFields } from './source-fields.tsx';
import { TimingFields } from './timing-fields.tsx';
import { TryOut } from './try-out.tsx';
import { useRuleForm } from './use-rule-form.ts';

interface RuleFormProps {
  readonly edited: Alert | undefined;
  readonly admin: boolean;
  readonly onSaved: (webhookSecret: string | null) => void;
  readonly onCancel: () => void;
}

export function RuleForm({ edited, admin, onSaved, onCancel }: RuleFormProps) {
  const form = useRuleForm(edited, onSaved);
  const { draft, problems, refusals, set, submit, saving } = form;
  const id = useId();
  const fields = useRef<HTMLDivElement>(null);
  // Whoever works by keyboard goes on where something is wrong.
  useEffect(() => {
    if (refusals > 0) fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);
  return (
    <FormId value={id}>
      <form
        id={id}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          submit();
        }}
      />
      <div ref={fields} className="grid grid-cols-1 gap-4 p-4 sm:px-6">
        <TextField
          label="Name"
          hint="What is said when it fires."
          maxLength={100}
          value={draft.name}
          problem={problems.name}
          onChange={(name) => set({ name })}
        />
        <SourceFields form={form} of={edited ? kindOf(edited) : admin ? 'either' : 'site'} />
        <ConditionFields form={form} />
        <TimingFields form={form} />
        <TextField
          label="Webhook"
          hint="Gets a signed request when it fires and resolves. Left empty: the dashboard and the log alone."
          type="url"
          inputMode="url"
          placeholder="https://"
          maxLength={2_000}
          value={draft.webhookUrl}
          problem={problems.webhookUrl}
          onChange={(webhookUrl) => set({ webhookUrl })}
        />
        {edited?.webhookUrl && <RotateSecret alert={edited} onRotated={onSaved} />}
        <TryOut form={form} />
      </div>
      <div className="sticky bottom-0 mt-auto flex flex-wrap items-center justify-end gap-2 border-t bg-background px-4 py-3 sm:px-6">
        {problems.form && (
          <p role="alert" className="mr-auto min-w-0 text-xs break-words text-bad">
            {problems.form}
          </p>
        )}
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" form={id} variant="primary" disabled={saving}>
          {edited ? 'Save' : 'Create the rule'}
        </Button>
      </div>
    </FormId>
  );
}

const kindOf = ({ source }: Alert) => (source.kind === 'pipeline' ? 'pipeline' : 'site');
