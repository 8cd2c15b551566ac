'use client';
import { useSuggestions } from '../../data/use-suggestions.ts';
import { Select } from '../../ui/select.tsx';
import { SuggestInput } from '../../ui/suggest-input.tsx';
import { type RetentionAsked, UNITS } from './use-retention.ts';

const UNIT_OPTIONS = UNITS.map((value) => ({ value, label: `By ${value}` }));

interface RetentionControlsProps {
  readonly asked: RetentionAsked;
  readonly onChange: (change: Partial<RetentionAsked>) => void;
}

/** What makes a visitor join a cohort, and what counts as a return. */
export function RetentionControls({ asked, onChange }: RetentionControlsProps) {
  const types = useSuggestions('event_type');
  return (
    <div className="flex flex-wrap items-end gap-3 rounded-lg border bg-card p-4">
      <SuggestInput
        className="min-w-40 flex-1"
        label="They join with"
        labelled
        placeholder="any event"
        value={asked.startEvent}
        suggestions={types}
        onCommit={(startEvent) => onChange({ startEvent })}
      />
      <SuggestInput
        className="min-w-40 flex-1"
        label="They return with"
        labelled
        placeholder="any event"
        value={asked.returnEvent}
        suggestions={types}
        onCommit={(returnEvent) => onChange({ returnEvent })}
      />
      <Select label="Cohorts" value={asked.unit} options={UNIT_OPTIONS} onChange={(unit) => onChange({ unit })} />
      <label className="inline-flex h-8 items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="accent-(--primary)"
          checked={asked.newVisitorsOnly}
          onChange={({ target }) => onChange({ newVisitorsOnly: target.checked })}
        />
        New visitors only
      </label>
    </div>
  );
}
