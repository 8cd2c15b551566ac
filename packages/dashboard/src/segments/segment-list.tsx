'use client';
import type { Segment } from '@tallymark/contract/reports/segments';
import type { UseQueryResult } from '@tanstack/react-query';
import { Check, Trash2 } from 'lucide-react';
import { Answered } from '../data/answered.tsx';
import { writeCondition } from '../filters/filter-words.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { useSegmentChanges } from './use-segments.ts';

interface SegmentListProps {
  readonly segments: UseQueryResult<{ readonly segments: readonly Segment[] }>;
  readonly picked: string | null;
  readonly mayRemove: boolean;
  readonly onPick: (id: string | null) => void;
}

/** The saved filters, each with what it says. */
export function SegmentList({ segments, picked, mayRemove, onPick }: SegmentListProps) {
  const { remove } = useSegmentChanges();
  return (
    <Answered question={segments} loading={<Skeleton className="h-24 w-full" />}>
      {(answer) => (
        <>
          <ul className="grid gap-0.5">
            <li>
              <Choice title="All events" picked={picked === null} onPick={() => onPick(null)} />
            </li>
            {answer.segments.map(({ id, name, filter }) => (
              <li key={id} className="flex items-start gap-1">
                <Choice
                  title={name}
                  note={filter.map(writeCondition).join(' · ')}
                  picked={id === picked}
                  onPick={() => onPick(id)}
                />
                {mayRemove && (
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={`Remove the segment ${name}`}
                    disabled={remove.isPending}
                    onClick={() => remove.mutate(id, { onSuccess: () => id === picked && onPick(null) })}
                  >
                    <Trash2 aria-hidden />
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {remove.error && (
            <p role="alert" className="mt-2 text-xs text-bad">
              {remove.error.message}
            </p>
          )}
        </>
      )}
    </Answered>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly note?: string;
  readonly picked: boolean;
  readonly onPick: () => void;
}

function Choice({ title, note, picked, onPick }: ChoiceProps) {
  return (
    <button
      type="button"
      aria-pressed={picked}
      className="flex min-w-0 flex-1 items-start gap-2 rounded-md px-2 py-1 text-left hover:bg-muted"
      onClick={onPick}
    >
      <Check aria-hidden className={classNames('mt-0.5 size-4 shrink-0', !picked && 'invisible')} />
      <span className="min-w-0">
        <span className="block truncate">{title}</span>
        {note && <span className="block truncate text-xs text-muted-foreground">{note}</span>}
      </span>
    </button>
  );
}
