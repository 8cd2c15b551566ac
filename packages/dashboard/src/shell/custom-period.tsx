'use client';
import { useId } from 'react';
import { pickedRange } from '../state/period.ts';
import { useScope } from '../state/use-scope.ts';

/** Two days of the viewer's time zone, the last one included. */
export function CustomPeriod() {
  const { state, setState } = useScope();
  const id = useId();
  const range = state.from && state.to && pickedRange(state.from, state.to);
  const last = range && new Date(range.to.getTime() - 1);
  const shown = { from: range?.from ?? state.from, to: last ?? (state.to && new Date(state.to.getTime() - 1)) };
  const pick = (name: 'from' | 'to', text: string) => {
    const first = startOfDay(text, 0);
    const next = startOfDay(text, 1);
    if (!first || !next) return;
    // The other day moves along rather than that the period ends before it begins.
    if (name === 'from') void setState({ from: first, ...(state.to && state.to <= first && { to: next }) });
    else void setState({ to: next, ...(state.from && state.from >= next && { from: first }) });
  };
  const field = (name: 'from' | 'to', label: string) => {
    const day = shown[name];
    return (
      <label className="inline-flex items-center gap-1 text-xs text-muted-foreground" htmlFor={`${id} ${name}`}>
        {label}
        <input
          id={`${id} ${name}`}
          type="date"
          className="h-8 rounded-md border bg-card px-2 text-sm text-foreground"
          value={day ? dayOf(day) : ''}
          onChange={({ target }) => pick(name, target.value)}
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
