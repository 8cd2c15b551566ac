'use client';

import type { FlushResult } from '@tallymark/contract/stats';
import { useState } from 'react';
import { formatCount } from '../../format.ts';
import { trpc } from '../../trpc/client.ts';

type Flush =
  | { readonly state: 'idle' | 'running' | 'failed' }
  | { readonly state: 'done'; readonly result: FlushResult };

/** Moves what is buffered now into Postgres, without waiting for size or time. */
export function ForceFlush({ onFlushed }: { onFlushed: () => void }) {
  const [flush, setFlush] = useState<Flush>({ state: 'idle' });
  const running = flush.state === 'running';

  async function run() {
    if (running) return;
    setFlush({ state: 'running' });
    try {
      setFlush({ state: 'done', result: await trpc.eventIngestion.forceFlush.mutate() });
    } catch {
      setFlush({ state: 'failed' });
    }
    onFlushed();
  }

  return (
    <div className="force-flush">
      {/* aria-disabled instead of disabled: the focus stays where it is. */}
      <button type="button" onClick={run} aria-disabled={running}>
        {running ? 'Flushing…' : 'Force flush'}
      </button>
      <p role="status" className={flush.state === 'failed' ? 'bad' : 'soft'}>
        {inWords(flush)}
      </p>
    </div>
  );
}

function inWords(flush: Flush): string {
  switch (flush.state) {
    case 'idle':
      return 'Moves what is buffered now into Postgres.';
    case 'running':
      return 'Waiting until everything of this moment is committed.';
    case 'failed':
      return 'The flush did not go through. The buffer keeps the events.';
    case 'done':
      return flush.result.complete
        ? 'Complete: nothing of that moment is left in the buffer.'
        : `Not complete: ${formatCount(flush.result.remaining)} events are still buffered. Another flusher or a lock may hold them; try again.`;
  }
}
