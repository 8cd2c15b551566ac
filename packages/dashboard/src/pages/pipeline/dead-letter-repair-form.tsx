'use client';
import type { DeadLetter } from '@tallymark/contract/dead-letters';
import { useId, useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { LETTER_CHANGES } from './letter-changes.ts';

const ROWS = 8;

/** The row as it was accepted, and its props to edit; the server judges them by the plan. */
export function DeadLetterRepairForm({ letter }: { letter: DeadLetter }) {
  const id = useId();
  const row = letter.repaired ?? parseRow(letter.payload.text);
  const [text, setText] = useState(() => JSON.stringify(row?.propsJson ?? {}, null, 2));
  const [asNewEvent, setAsNewEvent] = useState(false);
  const props = parseRow(text);
  const repair = useAction(
    (client, changes: { props: Record<string, unknown>; asNewEvent?: boolean }) =>
      client.deadLetters.repair.mutate({ id: letter.id, changes }),
    LETTER_CHANGES,
  );
  return (
    <div className="mt-3 grid grid-cols-1 gap-4 md:grid-cols-2">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (props) repair.mutate({ props, ...(asNewEvent && { asNewEvent }) });
        }}
      >
        <label className="text-xs text-muted-foreground" htmlFor={id}>
          Props, as JSON
        </label>
        <textarea
          id={id}
          rows={ROWS}
          spellCheck={false}
          className="mt-1 w-full rounded-md border bg-background p-2 font-mono text-xs"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {letter.reason === 'conflict' && (
          <label className="mt-1 flex items-center gap-2 text-xs">
            <input
              type="checkbox"
              className="accent-(--primary)"
              checked={asNewEvent}
              onChange={({ target }) => setAsNewEvent(target.checked)}
            />
            Keep it beside the event that holds its id, as a new event without its key
          </label>
        )}
        <div className="mt-2 flex flex-wrap items-center gap-3">
          <Button type="submit" size="small" disabled={!props || repair.isPending}>
            {repair.isPending ? 'Checking…' : 'Repair'}
          </Button>
          <p role="status" className="text-xs">
            {!props && <span className="text-bad">This is not a JSON object yet.</span>}
            {repair.isError && <span className="text-bad">{repair.error.message}</span>}
            {repair.isSuccess && <span className="text-good">The plan takes it. Replay it now.</span>}
          </p>
        </div>
      </form>
      <div className="min-w-0">
        <p className="text-xs text-muted-foreground">As it was accepted</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and whoever has no mouse could not scroll it otherwise */}
        <pre tabIndex={0} className="mt-1 max-h-56 overflow-auto rounded-md border bg-background p-2 font-mono text-xs">
          {pretty(letter.payload.text)}
        </pre>
      </div>
    </div>
  );
}

function parseRow(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function pretty(text: string): string {
  const row = parseRow(text);
  return row ? JSON.stringify(row, null, 2) : text;
}
