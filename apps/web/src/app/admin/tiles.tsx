import { formatCount, formatShare, formatSpan } from '../../format.ts';
import type { Reading } from './use-ingest-stats.ts';

/** The four numbers to look at first. */
export function Tiles({ reading: { stats, at } }: { reading: Reading }) {
  const { ledger } = stats;
  const kept = ledger.received === 0 ? 1 : ledger.accepted / ledger.received;
  const sinceFlush = stats.lastFlushAt === null ? null : at - Date.parse(stats.lastFlushAt);
  const tiles = [
    { name: 'Received', value: formatCount(ledger.received), note: `${formatShare(kept)} accepted` },
    { name: 'Stored', value: formatCount(ledger.stored), note: `${formatCount(ledger.aggregated)} more in aggregates` },
    {
      name: 'In the buffer',
      value: formatCount(stats.bufferSize),
      note: stats.oldestAgeMs === null ? 'empty' : `oldest ${formatSpan(stats.oldestAgeMs)}`,
    },
    {
      name: 'Last flush',
      value: sinceFlush === null ? 'Never' : formatSpan(Math.max(sinceFlush, 0)),
      note: sinceFlush === null ? 'nothing was flushed yet' : 'ago',
    },
  ];
  return (
    <dl className="tiles">
      {tiles.map(({ name, value, note }) => (
        <div className="tile" key={name}>
          <dt>{name}</dt>
          <dd>
            <span className="tile-value">{value}</span>
            <span className="soft">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
