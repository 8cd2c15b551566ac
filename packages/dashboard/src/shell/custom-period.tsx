'use client';
import { useId } from 'react';
import { useScope } from '../state/use-scope.ts';

/** Two days of the viewer's time zone, the last one included. */
export function CustomPeriod() {
  const { state, setState } = useScope();
  const id = useId();
  const field = (name: 'from' | 'to', label: string) => {
    const shown = state[name] && (name === 'to' ? new Date(state[name].getTime() - 1) : state[name]);
    return (
      <label className="inline-flex items-center gap-1 text-xs text-muted-foreground" htmlFor={`${id} ${name}`}>
        {label}
        <input
          id={`${id} ${name}`}
          type="date"
          className="h-8 rounded-md border bg-card px-2 text-sm text-foreground"
          value={shown ? dayOf(shown) : ''}
          onChange={({ target }) => {
            const day = startOfDay(target.value, name === 'to' ? 1 : 0);
            if (day) void setState({ [name]: day });
          }}
        />
      </label>
    );
  };
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      {field('from', 'from')}
      {field('to', 'to')}
    </span>
  );
}

function dayOf(time: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function startOfDay(text: string, daysLater: number): Date | null {
  const [year, month, day] = text.split('-').map(Number);
  return year && month && day ? new Date(year, month - 1, day + daysLater) : null;
}
