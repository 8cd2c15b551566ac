'use client';

import type { IngestStats } from '@tallymark/contract/stats';
import { useCallback, useEffect, useRef, useState } from 'react';
import { trpc } from '../../trpc/client.ts';

const POLL_PAUSE_MS = 1_500;

/** Stats and when they were read, in milliseconds since 1970. */
export interface Reading {
  readonly stats: IngestStats;
  readonly at: number;
}

export type Connection = 'live' | 'paused' | 'failing';

/**
 * Reads the stats again and again: a pause after each answer, none while the tab is hidden. A failure keeps the last
 * numbers. `refresh` reads at once.
 */
export function useIngestStats(first: Reading | null) {
  const [reading, setReading] = useState(first);
  const [connection, setConnection] = useState<Connection>(first ? 'live' : 'failing');
  const refreshNow = useRef<() => void>(() => {});

  useEffect(() => {
    const ended = new AbortController();
    let timer: number | undefined;
    let asking = false;

    const ask = async () => {
      window.clearTimeout(timer);
      if (asking || ended.signal.aborted) return;
      asking = true;
      try {
        const stats = await trpc.eventIngestion.getStats.query(undefined, { signal: ended.signal });
        setReading({ stats, at: Date.now() });
        setConnection(document.hidden ? 'paused' : 'live');
      } catch {
        if (!ended.signal.aborted) setConnection('failing');
      } finally {
        asking = false;
        if (!document.hidden && !ended.signal.aborted) timer = window.setTimeout(ask, POLL_PAUSE_MS);
      }
    };
    const onVisibility = () => {
      window.clearTimeout(timer);
      if (document.hidden) setConnection('paused');
      else void ask();
    };

    refreshNow.current = () => void ask();
    document.addEventListener('visibilitychange', onVisibility);
    void ask();
    return () => {
      ended.abort();
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, []);

  const refresh = useCallback(() => refreshNow.current(), []);
  return { reading, connection, refresh };
}
