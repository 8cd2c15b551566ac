import type { ProjectionRebuild } from '@tallymark/contract/reports/projections';
import { writeCount } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';

const TONES = {
  done: 'good',
  failed: 'bad',
  cancelled: 'plain',
  facts: 'plain',
  fold: 'plain',
  compare: 'plain',
} as const;

/** The latest rebuilds with what they found. */
export function RebuildList({ rebuilds }: { rebuilds: readonly ProjectionRebuild[] }) {
  const finished = rebuilds.filter(({ finishedAt }) => finishedAt !== null);
  if (finished.length === 0) return null;
  return (
    <div className="mt-4">
      <h3 className="mb-1 text-xs text-muted-foreground">Latest rebuilds</h3>
      <ul className="text-sm">
        {finished.map(({ id, projection, phase, startedAt, factsDiffer, rowsDiffer, error }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 border-t py-1">
            <span className="font-medium">{projection}</span>
            <Badge tone={TONES[phase]}>{phase}</Badge>
            <span className="text-muted-foreground">{writeMoment(startedAt)}</span>
            <span>
              {error ??
                (factsDiffer + rowsDiffer === 0
                  ? 'no difference'
                  : `${writeCount(factsDiffer)} facts and ${writeCount(rowsDiffer)} rows differed`)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
