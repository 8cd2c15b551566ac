'use client';
import { currencySign } from '../../format/currency.ts';
import type { Unit } from '../../format/numbers.ts';
import { SelectField, TextField } from './field.tsx';
import { unitOf } from './measures.ts';
import type { RuleForm } from './use-rule-form.ts';

const KINDS = [
  { value: 'above', label: 'is above' },
  { value: 'below', label: 'is below' },
  { value: 'change', label: 'changes in a week' },
  { value: 'no_data', label: 'has no data' },
] as const;
const DIRECTIONS = [
  { value: 'either', label: 'up or down' },
  { value: 'up', label: 'up' },
  { value: 'down', label: 'down' },
] as const;
/** What a threshold is typed in. */
const TYPED_IN: Partial<Record<Unit, () => string>> = {
  percent: () => '%',
  seconds: () => 'seconds',
  cents: currencySign,
};
const HINTS = {
  above: undefined,
  below: undefined,
  change: 'Against the same time a week before. Not met where there was nothing then.',
  no_data: 'Zero, or no figure at all.',
} as const;

/** When it fires. */
export function ConditionFields({ form: { draft, problems, set } }: { form: RuleForm }) {
  const unit = unitOf(draft.measure);
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <SelectField
        label="Fires when it"
        hint={HINTS[draft.condition]}
        value={draft.condition}
        options={KINDS}
        onChange={(condition) => set({ condition })}
      />
      {(draft.condition === 'above' || draft.condition === 'below') && (
        <TextField
          label="Threshold"
          inputMode="decimal"
          after={unit ? TYPED_IN[unit]?.() : undefined}
          value={draft.than}
          problem={problems.than}
          onChange={(than) => set({ than })}
        />
      )}
      {draft.condition === 'change' && (
        <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-4">
          <SelectField
            label="Direction"
            value={draft.direction}
            options={DIRECTIONS}
            onChange={(direction) => set({ direction })}
          />
          <TextField
            label="By at least"
            inputMode="decimal"
            after="%"
            value={draft.percent}
            problem={problems.percent}
            onChange={(percent) => set({ percent })}
          />
        </div>
      )}
    </div>
  );
}
