'use client';
import type { TimeUnit } from '@tallymark/contract/reports/timeseries';
import type { ReactNode } from 'react';
import type { TimePoint } from '../../charts/timeseries-chart.tsx';
import { writeBucket } from '../../format/times.ts';

const NAMED = 3;

interface UsualNoteProps {
  readonly points: readonly TimePoint[];
  readonly bucket: TimeUnit;
  /** Whether there is a baseline for the metric and the bucket at all. */
  readonly seasonal: boolean;
  /** Whether its answer is there. */
  readonly told: boolean;
}

/** What the band and the rings of the chart say, or why there are none; one line high in any case. */
export function UsualNote(props: UsualNoteProps) {
  return <p className="mt-2 min-h-5 text-xs text-muted-foreground">{wordsOf(props)}</p>;
}

function wordsOf({ points, bucket, seasonal, told }: UsualNoteProps): ReactNode {
  if (!seasonal) return 'What is usual is shown by the day, and by the hour but for visitors.';
  if (!told) return null;
  const known = points.filter(({ usual }) => usual !== undefined);
  if (known.length === 0) return 'What is usual is shown once four weeks before are known.';
  const unusual = points.filter((point) => point.unusual);
  return (
    <>
      <span aria-hidden className="mr-1.5 inline-block h-2.5 w-4 rounded-sm bg-series-other/25 align-baseline" />
      Usual for the {bucket} of the week{known.length < points.length && ', where four weeks before are known'}.{' '}
      {unusual.length === 0 ? 'Nothing unusual.' : <Unusual points={unusual} bucket={bucket} />}
    </>
  );
}

function Unusual({ points, bucket }: { points: readonly TimePoint[]; bucket: TimeUnit }) {
  const named = points
    .slice(-NAMED)
    .map(({ start, unusual }) => `${writeBucket(start, bucket)} (${unusual === 'above' ? 'more' : 'less'})`);
  const others = points.length - named.length;
  return (
    <>
      <span className="font-medium text-warn">◯ Unusual:</span> {named.join(', ')}
      {others > 0 && `, and ${others} before`}.
    </>
  );
}
