'use client';
import { useSuggestions } from '../../data/use-suggestions.ts';
import { SuggestInput } from '../../ui/suggest-input.tsx';
import { CodeField, SelectField, SelfNamed, TextField } from './field.tsx';
import { isPipelineFigure, measureOptions } from './measures.ts';
import { NarrowingFields } from './narrowing-fields.tsx';
import type { RuleForm } from './use-rule-form.ts';

interface SourceFieldsProps {
  readonly form: RuleForm;
  /** What the rule may be about. */
  readonly of: 'site' | 'pipeline' | 'either';
}

/** What is watched: a figure by its name, or any question. */
export function SourceFields({ form, of }: SourceFieldsProps) {
  const { draft, set } = form;
  return (
    <>
      <SelectField
        label="What it watches"
        value={draft.measure}
        options={measureOptions(of)}
        onChange={(measure) => set({ measure })}
      />
      {draft.measure === 'eventsOfType' && <EventType form={form} />}
      {draft.measure === 'question' && <AnyQuestion form={form} />}
      {draft.measure !== 'question' && !isPipelineFigure(draft.measure) && <NarrowingFields form={form} />}
    </>
  );
}

function EventType({ form: { draft, problems, set } }: { form: RuleForm }) {
  const types = useSuggestions('event_type');
  return (
    <SelfNamed label="Type of the events" problem={problems.eventType}>
      <SuggestInput
        label="Type of the events"
        placeholder="As the plan names it"
        value={draft.eventType}
        suggestions={types}
        onCommit={(eventType) => set({ eventType })}
      />
    </SelfNamed>
  );
}

function AnyQuestion({ form: { draft, problems, set } }: { form: RuleForm }) {
  return (
    <fieldset className="grid grid-cols-1 gap-3 border-l-2 pl-3">
      <legend className="sr-only">The question</legend>
      <TextField
        label="Question"
        hint="Any of the reports’ API that takes a period, by its name: stats.timeseries, campaigns.overview."
        spellCheck={false}
        maxLength={100}
        value={draft.question}
        problem={problems.question}
        onChange={(question) => set({ question })}
      />
      <CodeField
        label="Input"
        hint="As JSON, without siteId, from and to: those are the rule’s own."
        value={draft.input}
        problem={problems.input}
        onChange={(input) => set({ input })}
      />
      <TextField
        label="Pointer"
        hint="Where the figure is in the answer: /visitors, /rows/0/value."
        spellCheck={false}
        maxLength={200}
        value={draft.pointer}
        problem={problems.pointer}
        onChange={(pointer) => set({ pointer })}
      />
    </fieldset>
  );
}
