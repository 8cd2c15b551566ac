'use client';
import { useEffect, useEffectEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { classNames } from './class-names.ts';

interface SuggestInputProps {
  readonly label: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
  readonly suggestions?: readonly string[];
  readonly placeholder?: string;
  /** The label stands above the field; without it, it is for screen readers alone. */
  readonly labelled?: boolean;
  readonly className?: string;
}

/** A text field with suggestions. It takes effect on Enter, when it is left, and when a suggestion is picked. */
export function SuggestInput(props: SuggestInputProps) {
  const { label, value, onCommit, suggestions = [], placeholder, labelled = false, className } = props;
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const commit = (text: string) => {
    setDraft(null);
    if (text.trim() !== value) onCommit(text.trim());
  };
  const input = useRef<HTMLInputElement>(null);
  // What was typed before the page came to life stands in the field, and nobody has heard of it. It is kept before anything
  // else is drawn, and takes effect once everybody listens.
  const typedBefore = () => (input.current && input.current.value !== value ? input.current.value : null);
  const keep = useEffectEvent(() => setDraft(typedBefore()));
  const adopt = useEffectEvent(() => {
    const typed = typedBefore();
    if (typed !== null && document.activeElement !== input.current) commit(typed);
  });
  useLayoutEffect(() => keep(), []);
  useEffect(() => adopt(), []);
  return (
    <div className={classNames('min-w-0', className)}>
      <label htmlFor={id} className={labelled ? 'mb-1 block text-xs text-muted-foreground' : 'sr-only'}>
        {label}
      </label>
      <input
        ref={input}
        id={id}
        list={suggestions.length > 0 ? `${id} list` : undefined}
        className="h-8 w-full min-w-0 rounded-md border bg-card px-2 text-sm placeholder:text-muted-foreground"
        value={draft ?? value}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target, nativeEvent }) => {
          // What is typed has a kind of input; a suggestion that is picked replaces all there is.
          const typed = nativeEvent instanceof InputEvent && nativeEvent.inputType !== 'insertReplacementText';
          if (!typed && suggestions.includes(target.value)) commit(target.value);
          else setDraft(target.value);
        }}
        onBlur={() => draft !== null && commit(draft)}
        onKeyDown={({ key }) => {
          if (key === 'Enter' && draft !== null) commit(draft);
          if (key === 'Escape') setDraft(null);
        }}
      />
      {suggestions.length > 0 && (
        <datalist id={`${id} list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </div>
  );
}
