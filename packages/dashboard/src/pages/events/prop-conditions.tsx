'use client';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { SuggestInput } from '../../ui/suggest-input.tsx';
import type { PropOperation, TypedPropCondition } from './prop-condition.ts';

interface PropConditionsProps {
  readonly conditions: readonly TypedPropCondition[];
  readonly onChange: (conditions: TypedPropCondition[]) => void;
}

const OPERATIONS = [
  { value: 'is', label: 'is' },
  { value: 'contains', label: 'contains' },
  { value: 'above', label: 'is above' },
  { value: 'below', label: 'is below' },
  { value: 'exists', label: 'is there' },
  { value: 'missing', label: 'is missing' },
] as const;

/** What props have to be; which there are, and what they hold, the tracking plan knows. */
export function PropConditions({ conditions, onChange }: PropConditionsProps) {
  const [prop, setProp] = useState('');
  const [op, setOp] = useState<PropOperation>('is');
  const [text, setText] = useState('');
  const takesValue = op !== 'exists' && op !== 'missing';
  const complete = prop !== '' && (!takesValue || (text !== '' && (!compares(op) || Number.isFinite(Number(text)))));
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!complete) return;
    onChange([...conditions, { prop, op, text: takesValue ? text : '' }]);
    setText('');
  };
  return (
    <div className="mt-3">
      {conditions.length > 0 && (
        <ul aria-label="Conditions on props" className="mb-2 flex flex-wrap gap-1.5">
          {conditions.map((condition, at) => (
            <li
              key={`${condition.prop} ${condition.op} ${condition.text}`}
              className="inline-flex h-7 items-center gap-1 rounded-full border bg-accent pr-1 pl-3 text-xs"
            >
              <span className="font-mono">{condition.prop}</span>
              {OPERATIONS.find(({ value }) => value === condition.op)?.label}
              <b className="max-w-60 truncate font-medium">{condition.text}</b>
              <button
                type="button"
                aria-label={`Remove the condition on ${condition.prop}`}
                className="rounded-full p-1 hover:bg-muted"
                onClick={() => onChange(conditions.filter((_, place) => place !== at))}
              >
                <X className="size-3" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={add} className="flex flex-wrap items-center gap-2">
        <SuggestInput className="w-36" label="Prop" placeholder="Prop" value={prop} onCommit={setProp} />
        <Select label="Condition on the prop" value={op} options={OPERATIONS} onChange={setOp} />
        {takesValue && (
          <SuggestInput
            className="w-36"
            label="Value of the prop"
            placeholder={compares(op) ? 'Number' : 'Value'}
            value={text}
            onCommit={setText}
          />
        )}
        <Button type="submit">
          <Plus aria-hidden /> Add
        </Button>
      </form>
    </div>
  );
}

const compares = (op: PropOperation) => op === 'above' || op === 'below';
