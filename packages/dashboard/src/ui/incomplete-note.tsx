'use client';
import { writeMoment } from '../format/times.ts';

/** Says that retention has removed events an answer would have needed. */
export function IncompleteNote({ before }: { before: string | null }) {
  if (before === null) return null;
  return (
    <p className="mb-3 text-xs text-warn">
      Retention has removed events from before {writeMoment(before)}: what is told of that time may be too low.
    </p>
  );
}
