'use client';

import { useEffect, useState } from 'react';
import { formatSpan } from '../../format.ts';
import type { Connection } from './use-ingest-stats.ts';

const WORDS: Record<Connection, string> = { live: 'Live', paused: 'Paused', failing: 'No answer' };
/** A younger reading counts as current; its age would only flicker. */
const CURRENT_MS = 3_000;

interface Props {
  readonly connection: Connection;
  readonly at: number | null;
}

/** Whether the numbers move, and how old they are. Only a change of state is read out, not every tick. */
export function ConnectionState({ connection, at }: Props) {
  const [now, setNow] = useState(at ?? 0);
  useEffect(() => {
    const tick = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(tick);
  }, []);
  const age = at === null ? null : now - at;
  return (
    <p className="connection" data-state={connection}>
      <strong role="status">{WORDS[connection]}</strong>
      <span className="soft">{ageInWords(age)}</span>
    </p>
  );
}

function ageInWords(age: number | null): string {
  if (age === null) return 'no reading yet';
  return age < CURRENT_MS ? 'updated just now' : `updated ${formatSpan(age)} ago`;
}
