'use client';
import { type ComponentProps, type ReactNode, useId } from 'react';

const LOOK = 'w-full min-w-0 rounded-md border bg-card px-2';

interface LabelledProps {
  readonly label: string;
  /** Under the field: what may stand in it. */
  readonly hint?: ReactNode;
}

export function TextField({ label, hint, ...props }: LabelledProps & Omit<ComponentProps<'input'>, 'className'>) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} className={`h-8 ${LOOK}`} {...props} />
    </Labelled>
  );
}

/** A list, one in a line. */
export function LinesField({ label, hint, ...props }: LabelledProps & Omit<ComponentProps<'textarea'>, 'className'>) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={`py-1 font-mono text-xs ${LOOK}`}
        {...props}
      />
    </Labelled>
  );
}

export const linesOf = (text: string) =>
  text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function Labelled({
  id,
  label,
  hint,
  children,
}: LabelledProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-xs font-medium">
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {hint}
        </p>
      )}
    </div>
  );
}
