'use client';
import { SelectField } from './field.tsx';
import { isPipelineFigure } from './measures.ts';
import { writeMinutes } from './rule-words.ts';
import type { RuleForm } from './use-rule-form.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
const USUAL = [5, 15, 30, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 28 * DAY];

/** Of which time the figure is, and how often the same is told again. */
export function TimingFields({ form: { draft, problems, set } }: { form: RuleForm }) {
  const hasWindow = !isPipelineFigure(draft.measure);
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      {hasWindow && (
        <SelectField
          label="In the last"
          hint="The time that each check looks at."
          value={String(draft.windowMinutes)}
          options={optionsWith(draft.windowMinutes)}
          problem={problems.windowMinutes}
          onChange={(minutes) => set({ windowMinutes: Number(minutes) })}
        />
      )}
      <SelectField
        label="Told again after"
        hint={hasWindow ? 'While it lasts.' : 'While it lasts. Figures of the pipeline are those of now.'}
        value={String(draft.coolDownMinutes)}
        options={optionsWith(draft.coolDownMinutes)}
        problem={problems.coolDownMinutes}
        onChange={(minutes) => set({ coolDownMinutes: Number(minutes) })}
      />
    </div>
  );
}

/** The usual ones, and the one that the rule has. */
function optionsWith(minutes: number) {
  const all = [...new Set([...USUAL, minutes])].sort((a, b) => a - b);
  return all.map((one) => ({ value: String(one), label: writeMinutes(one) }));
}
