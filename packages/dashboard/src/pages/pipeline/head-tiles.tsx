import type { IngestStats } from '@tallymark/contract/stats';
import { Tiles } from '../../charts/tiles.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { writeAgo } from '../../format/times.ts';

/** The four numbers to look at first. `at`: when they were read, in ms. */
export function HeadTiles({ stats, at }: { stats: IngestStats; at: number }) {
  const { ledger, bufferSize, oldestAgeMs, lastFlushAt } = stats;
  const accepted = ledger.received === 0 ? 100 : (ledger.accepted / ledger.received) * 100;
  return (
    <Tiles
      tiles={[
        { name: 'Received', value: writeCount(ledger.received), note: `${writeNumber(accepted, 'percent')} accepted` },
        {
          name: 'Stored',
          value: writeCount(ledger.stored),
          note: `${writeCount(ledger.aggregated)} more in aggregates`,
        },
        {
          name: 'In the buffer',
          value: writeCount(bufferSize),
          note: oldestAgeMs === null ? 'empty' : `oldest ${writeNumber(oldestAgeMs / 1_000, 'seconds')}`,
        },
        {
          name: 'Last flush',
          value: lastFlushAt === null ? 'never' : writeAgo(lastFlushAt, at),
          note: `${writeCount(stats.flushCount)} flushes`,
        },
      ]}
    />
  );
}
