'use client';
import type { FlushResult } from '@tallymark/contract/stats';
import { useAction } from '../../data/use-action.ts';
import { writeCount } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';

/** Moves what is buffered now into Postgres, without waiting for size or time. */
export function ForceFlush() {
  const flush = useAction(
    (client, _: undefined) => client.eventIngestion.forceFlush.mutate(),
    ['eventIngestion.getStats'],
  );
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3">
      {/* aria-disabled instead of disabled: the focus stays where it is. */}
      <Button
        aria-disabled={flush.isPending}
        onClick={() => {
          if (!flush.isPending) flush.mutate(undefined);
        }}
      >
        {flush.isPending ? 'Flushing…' : 'Force flush'}
      </Button>
      <p role="status" className={flush.isError ? 'text-xs text-bad' : 'text-xs text-muted-foreground'}>
        {flush.isError
          ? `The flush did not go through, and the buffer keeps the events: ${flush.error.message}`
          : flush.isPending
            ? 'Waiting until everything of this moment is committed.'
            : inWords(flush.data)}
      </p>
    </div>
  );
}

function inWords(result: FlushResult | undefined): string {
  if (!result) return 'Moves what is buffered now into Postgres.';
  return result.complete
    ? 'Complete: nothing of that moment is left in the buffer.'
    : `Not complete: ${writeCount(result.remaining)} events are still buffered. Another flusher or a lock may hold them; try again.`;
}
