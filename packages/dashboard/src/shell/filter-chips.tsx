'use client';
import { X } from 'lucide-react';
import { wordsOf, writeCondition } from '../filters/filter-words.ts';
import { useScope } from '../state/use-scope.ts';

/** The filters that are on, each with a way to take it off. */
export function FilterChips() {
  const { state, removeFilter, setState } = useScope();
  if (state.f.length === 0) return null;
  return (
    <ul className="mx-auto mt-2 flex max-w-[90rem] flex-wrap gap-1.5" aria-label="Filters">
      {state.f.map((condition, at) => {
        const { field, operation, value } = wordsOf(condition);
        return (
          <li
            key={writeCondition(condition)}
            className="inline-flex h-7 items-center gap-1 rounded-full border bg-accent pr-1 pl-3 text-xs"
          >
            <span className="text-muted-foreground">{field}</span>
            {operation}
            {value !== null && <b className="max-w-60 truncate font-medium">{value}</b>}
            <button
              type="button"
              aria-label={`Remove the filter on ${field}`}
              className="rounded-full p-1 hover:bg-muted"
              onClick={() => void removeFilter(at)}
            >
              <X className="size-3" aria-hidden />
            </button>
          </li>
        );
      })}
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
