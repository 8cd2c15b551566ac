'use client';
import { useSuggestions } from '../../data/use-suggestions.ts';
import { Select } from '../../ui/select.tsx';
import { SuggestInput } from '../../ui/suggest-input.tsx';
import { DEEPEST, type PathsAsked } from './use-paths.ts';

const DIRECTIONS = [
  { value: 'after', label: 'What comes after' },
  { value: 'before', label: 'What comes before' },
] as const;
const KINDS = [
  { value: 'pages', label: 'Paths of pages' },
  { value: 'events', label: 'Paths of events' },
] as const;
const DEPTHS = Array.from({ length: DEEPEST }, (_, n) => ({
  value: String(n + 1),
  label: n === 0 ? '1 step' : `${n + 1} steps`,
}));

/** Where paths begin or end, and how far they are followed. */
export function PathsControls({ paths }: { paths: PathsAsked }) {
  const { at, pages, direction, of, depth, setAt, setShape } = paths;
  const types = useSuggestions('event_type');
  return (
    <div className="flex flex-wrap items-end gap-3 rounded-lg border bg-card p-4">
      <SuggestInput
        className="min-w-40 flex-1"
        label="Page"
        labelled
        placeholder="a page; * at its end for all below"
        value={at && 'page' in at ? at.page : ''}
        suggestions={pages}
        onCommit={(page) => setAt(page ? { page } : null)}
      />
      <SuggestInput
        className="min-w-40 flex-1"
        label="or event type"
        labelled
        placeholder="an event type"
        value={at && 'eventType' in at ? at.eventType : ''}
        suggestions={types}
        onCommit={(eventType) => setAt(eventType ? { eventType } : null)}
      />
      <Select
        label="Direction"
        value={direction}
        options={DIRECTIONS}
        onChange={(next) => setShape({ direction: next })}
      />
      <Select label="What paths are made of" value={of} options={KINDS} onChange={(next) => setShape({ of: next })} />
      <Select
        label="Steps that are followed"
        value={String(depth)}
        options={DEPTHS}
        onChange={(next) => setShape({ depth: Number(next) })}
      />
    </div>
  );
}
