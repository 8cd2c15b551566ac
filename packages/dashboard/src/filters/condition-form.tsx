'use client';
import type { FilterCondition, FilterField } from '@tallymark/contract/reports/filter';
import { type FormEvent, useState } from 'react';
import { useSuggestions } from '../data/use-suggestions.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/select.tsx';
import { SuggestInput } from '../ui/suggest-input.tsx';
import { readCondition } from './condition-value.ts';
import { FIELD_OPTIONS, type Operation, operationsOf, suggestedBy } from './filter-words.ts';

/** Makes one condition: field, what is said of it, and of which value. */
export function ConditionForm({ onAdd }: { onAdd: (condition: FilterCondition) => void }) {
  const [field, setField] = useState<FilterField | 'prop'>('event_type');
  const [prop, setProp] = useState('');
  const [op, setOp] = useState<Operation>('is');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const suggestions = useSuggestions(suggestedBy(field));
  const takesValue = op !== 'exists' && op !== 'missing';

  const add = (event: FormEvent) => {
    event.preventDefault();
    const condition = readCondition({ field: field === 'prop' ? `prop:${prop}` : field, op, text });
    if (typeof condition === 'string') {
      setProblem(condition);
      return;
    }
    setProblem(null);
    setText('');
    onAdd(condition);
  };
  return (
    <form onSubmit={add} className="grid gap-2">
      <Select
        label="Field"
        value={field}
        options={FIELD_OPTIONS}
        onChange={(next) => {
          setField(next);
          if (!operationsOf(next).some(({ value }) => value === op)) setOp('is');
        }}
      />
      {field === 'prop' && (
        <SuggestInput label="Name of the prop" placeholder="Name of the prop" value={prop} onCommit={setProp} />
      )}
      <Select label="Condition" value={op} options={operationsOf(field)} onChange={setOp} />
      {takesValue && (
        <SuggestInput
          label="Value"
          placeholder={op === 'in' || op === 'notIn' ? 'Values, with commas between' : 'Value'}
          value={text}
          onCommit={setText}
          suggestions={suggestions}
        />
      )}
      {problem && (
        <p role="alert" className="text-xs text-bad">
          {problem}
        </p>
      )}
      <Button type="submit" variant="primary">
        Add the condition
      </Button>
    </form>
  );
}
