'use client';
import type { DeadLetter } from '@tallymark/contract/dead-letters';
import { useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { writeAgo } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DeadLetterRepairForm } from './dead-letter-repair-form.tsx';
import { LETTER_CHANGES } from './letter-changes.ts';

/** One open letter: why it is one, what it holds, and the way back. */
export function DeadLetterItem({ letter, now }: { letter: DeadLetter; now: number }) {
  const [open, setOpen] = useState(false);
  const replay = useAction((client, id: string) => client.deadLetters.replay.mutate({ id }), LETTER_CHANGES);
  const { id, eventType, reason, message, createdAt, repairedAt } = letter;
  return (
    <li className="border-t py-3 text-sm">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{eventType ?? 'unknown type'}</span>
            <Badge tone="bad">{reason}</Badge>
            {repairedAt && <Badge tone="good">repaired</Badge>}
            <span className="text-xs text-muted-foreground">{writeAgo(createdAt, now)}</span>
          </p>
          <p className="mt-1 max-w-prose text-xs break-words text-muted-foreground">{message}</p>
        </div>
        <div className="flex gap-2">
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Close' : 'Look and repair'}
          </Button>
          <Button size="small" disabled={replay.isPending} onClick={() => replay.mutate(id)}>
            {replay.isPending ? 'Replaying…' : 'Replay'}
          </Button>
        </div>
      </div>
      <p role="status" className="mt-1 text-xs">
        {replay.isError && <span className="text-bad">{replay.error.message}</span>}
        {replay.data && replay.data.outcome !== 'stored' && replay.data.outcome !== 'merged' && (
          <span className="text-bad">{replay.data.message ?? replay.data.outcome}</span>
        )}
      </p>
      {open && <DeadLetterRepairForm letter={letter} />}
    </li>
  );
}
