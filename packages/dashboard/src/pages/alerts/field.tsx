'use client';
import { type ComponentProps, createContext, type ReactNode, useContext, useId } from 'react';
import { Select } from '../../ui/select.tsx';

/** The form that text fields belong to: they stand beside it, since conditions have forms of their own, and forms do not nest. */
export const FormId = createContext<string | undefined>(undefined);

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with it. */
  readonly problem?: string | undefined;
}

type InputProps = FieldProps &
  Omit<ComponentProps<'input'>, 'className' | 'onChange'> & {
    readonly onChange: (text: string) => void;
    /** Beside the field, such as its unit. */
    readonly after?: string | undefined;
  };

export function TextField({ label, hint, problem, after, onChange, ...props }: InputProps) {
  const { id, described } = useDescribed(hint, problem);
  const form = useContext(FormId);
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <span className="flex items-center gap-2">
        <input
          id={id}
          form={form}
          aria-invalid={problem !== undefined}
          aria-describedby={described}
          autoComplete="off"
          className={`h-8 w-full min-w-0 rounded-md border bg-card px-2 ${problem ? 'border-bad' : ''}`}
          onChange={({ target }) => onChange(target.value)}
          {...props}
        />
        {after && <span className="shrink-0 text-sm text-muted-foreground">{after}</span>}
      </span>
    </Labelled>
  );
}

interface CodeFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function CodeField({ label, hint, problem, value, onChange }: CodeFieldProps) {
  const { id, described } = useDescribed(hint, problem);
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={described}
        className={`w-full min-w-0 rounded-md border bg-card px-2 py-1 font-mono text-xs ${problem ? 'border-bad' : ''}`}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </Labelled>
  );
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>({ label, hint, problem, ...select }: SelectFieldProps<Value>) {
  return (
    <SelfNamed label={label} hint={hint} problem={problem}>
      <Select label={label} {...select} />
    </SelfNamed>
  );
}

/** Around a control that names itself to screen readers: what the eye reads above and under it. */
export function SelfNamed({ label, hint, problem, children }: FieldProps & { children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-1">
      <span aria-hidden className="text-xs font-medium">
        {label}
      </span>
      {children}
      <Under hint={hint} problem={problem} />
    </div>
  );
}

function useDescribed(hint: ReactNode, problem: string | undefined) {
  const id = useId();
  const described = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return { id, described: described || undefined };
}

function Labelled({ id, label, hint, problem, children }: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-1">
      <label htmlFor={id} className="text-xs font-medium">
        {label}
      </label>
      {children}
      <Under id={id} hint={hint} problem={problem} />
    </div>
  );
}

function Under({ id, hint, problem }: { id?: string; hint: ReactNode; problem: string | undefined }) {
  return (
    <>
      {problem && (
        <p id={id && `${id}-problem`} role={id ? undefined : 'alert'} className="text-xs text-bad">
          {problem}
        </p>
      )}
      {hint && (
        <p id={id && `${id}-hint`} className="text-xs text-muted-foreground">
          {hint}
        </p>
      )}
    </>
  );
}
