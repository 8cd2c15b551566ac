'use client';
import { useEffect, useState } from 'react';

interface Reading {
  readonly at: number;
  readonly flushed: number;
}

/** Two minutes of one reading each two seconds. */
const KEPT = 61;

/** Events flushed a second, from one reading to the next, since the page was opened. */
export function useFlushRates(flushed: number, at: number): readonly number[] {
  const [readings, setReadings] = useState<readonly Reading[]>([]);
  useEffect(() => {
    setReadings((before) => {
      const last = before.at(-1);
      return last && last.at >= at ? before : [...before, { at, flushed }].slice(-KEPT);
    });
  }, [flushed, at]);
  return readings.flatMap((reading, index) => {
    const before = readings[index - 1];
    if (!before) return [];
    return Math.max(0, (reading.flushed - before.flushed) / ((reading.at - before.at) / 1_000));
  });
}
