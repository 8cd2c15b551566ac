'use client';
import { X } from 'lucide-react';
import { useScope } from '../state/use-scope.ts';

const WORDS: Readonly<Record<string, string>> = {
  is: 'is',
  isNot: 'is not',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  startsWith: 'starts with',
  above: 'is above',
  below: 'is below',
  exists: 'is there',
  missing: 'is missing',
};

/** The filters that are on, each with a way to take it off. */
export function FilterChips() {
  const { state, removeFilter, setState } = useScope();
  if (state.f.length === 0) return null;
  return (
    <ul className="mx-auto mt-2 flex max-w-[90rem] flex-wrap gap-1.5" aria-label="Filters">
      {state.f.map(({ field, op, value }, at) => (
        <li
          key={`${field} ${op} ${String(value)}`}
          className="inline-flex h-7 items-center gap-1 rounded-full border bg-accent pr-1 pl-3 text-xs"
        >
          <span className="text-muted-foreground">{field.replace(/^prop:/, '').replaceAll('_', ' ')}</span>
          {WORDS[op]}
          {value !== undefined && (
            <b className="max-w-60 truncate font-medium">{[value].flat().join(', ') || '(none)'}</b>
          )}
          <button
            type="button"
            aria-label={`Remove the filter on ${field}`}
            className="rounded-full p-1 hover:bg-muted"
            onClick={() => void removeFilter(at)}
          >
            <X className="size-3" aria-hidden />
          </button>
        </li>
      ))}
      {state.f.length > 1 && (
        <li>
          <button type="button" className="h-7 px-2 text-xs text-primary" onClick={() => void setState({ f: [] })}>
            Remove all
          </button>
        </li>
      )}
    </ul>
  );
}
