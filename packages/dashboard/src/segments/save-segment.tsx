'use client';
import type { ReportFilter } from '@tallymark/contract/reports/filter';
import { type FormEvent, useId, useState } from 'react';
import { useQuestion } from '../data/use-question.ts';
import { writeCondition } from '../filters/filter-words.ts';
import { useScope } from '../state/use-scope.ts';
import { Button } from '../ui/button.tsx';
import { Figure } from '../ui/figure.tsx';
import { useSegmentChanges } from './use-segments.ts';

interface SaveSegmentProps {
  readonly filter: ReportFilter;
  readonly onSaved: (id: string) => void;
}

/** Keeps the filters that are on under a name, once it has said how much they hold. */
export function SaveSegment({ filter, onSaved }: SaveSegmentProps) {
  const [name, setName] = useState('');
  const { save } = useSegmentChanges();
  const id = useId();
  if (filter.length === 0) {
    return (
      <p className="mt-3 border-t pt-3 text-xs text-muted-foreground">
        Set filters, then come back here to save them as a segment.
      </p>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name, filter }, { onSuccess: ({ id }) => onSaved(id) });
  };
  return (
    <form onSubmit={submit} className="mt-3 grid gap-2 border-t pt-3">
      <p className="text-xs text-muted-foreground">{filter.map(writeCondition).join(' · ')}</p>
      <Preview filter={filter} />
      <label htmlFor={id} className="text-xs text-muted-foreground">
        Save these filters as
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          required
          maxLength={100}
          className="h-8 w-full min-w-0 rounded-md border bg-card px-2"
          placeholder="Name of the segment"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <Button type="submit" variant="primary" disabled={save.isPending || name.trim() === ''}>
          Save
        </Button>
      </div>
      {save.error && (
        <p role="alert" className="text-xs text-bad">
          {save.error.message}
        </p>
      )}
    </form>
  );
}

function Preview({ filter }: { filter: ReportFilter }) {
  const { scope } = useScope();
  const input = { ...(scope.siteId && { siteId: scope.siteId }), filter, bots: scope.bots };
  const { data, error } = useQuestion(['stats.segments.preview', input], (client, signal) =>
    client.stats.segments.preview.query(input, { signal }),
  );
  if (error) return <p className="text-xs text-bad">{error.message}</p>;
  return (
    <p className="min-h-5 text-xs">
      {data && (
        <>
          <Figure figure={data.visitors} unit="count" /> visitors and <Figure figure={data.events} unit="count" />{' '}
          events in the last 7 days
        </>
      )}
    </p>
  );
}
