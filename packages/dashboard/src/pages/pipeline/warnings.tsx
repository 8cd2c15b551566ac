import type { IngestStats } from '@tallymark/contract/stats';
import { TriangleAlert } from 'lucide-react';
import { writeNumber } from '../../format/numbers.ts';

/** What puts events at risk or holds them up. Says so when nothing does, too: silence would prove nothing. */
export function Warnings({ stats: { circuits, durabilityWarnings, stuckShards } }: { stats: IngestStats }) {
  const warnings = [
    ...stuckShards.map(
      ({ shard, oldestAgeMs }) =>
        `Shard ${shard} does not drain: its oldest event has waited for ${writeNumber(oldestAgeMs / 1_000, 'seconds')}. ` +
        'See whether a worker runs and what its log says.',
    ),
    ...circuits
      .filter((of) => of.circuits.some(({ circuit, state }) => circuit === 'writes' && state !== 'closed'))
      .map(({ process }) => `Postgres takes no events of ${process}: its circuit breaker says why.`),
    ...durabilityWarnings,
  ];
  if (warnings.length === 0) {
    return (
      <p className="text-sm text-muted-foreground">
        <b className="font-medium text-good">Durable.</b> An acknowledged event survives the loss of any process, and
        every shard drains.
      </p>
    );
  }
  return (
    <div role="alert" className="rounded-lg border border-bad bg-card p-3 text-sm">
      <ul>
        {warnings.map((warning) => (
          <li key={warning} className="flex gap-2 py-0.5">
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
            {warning}
          </li>
        ))}
      </ul>
    </div>
  );
}
