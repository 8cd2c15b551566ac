'use client';
import { useSuggestions } from '../../data/use-suggestions.ts';
import { classNames } from '../../ui/class-names.ts';

const MOST = 14;

interface TypeFilterProps {
  readonly types: readonly string[];
  readonly onChange: (types: string[]) => void;
}

/** Picks the event types that the stream shows; none of them is all. */
export function TypeFilter({ types, onChange }: TypeFilterProps) {
  const frequent = useSuggestions('event_type').slice(0, MOST);
  const shown = [...frequent, ...types.filter((type) => !frequent.includes(type))];
  const look = 'h-7 rounded-full border px-3 text-xs hover:bg-muted';
  const on = 'border-primary bg-accent font-medium text-primary';
  return (
    <fieldset className="min-h-7">
      <legend className="sr-only">Event types in the stream</legend>
      <div className="flex flex-wrap gap-1.5">
        <button
          type="button"
          aria-pressed={types.length === 0}
          className={classNames(look, types.length === 0 && on)}
          onClick={() => onChange([])}
        >
          All types
        </button>
        {shown.map((type) => {
          const picked = types.includes(type);
          return (
            <button
              key={type}
              type="button"
              aria-pressed={picked}
              className={classNames(look, picked && on)}
              onClick={() => onChange(picked ? types.filter((other) => other !== type) : [...types, type])}
            >
              {type}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
