import type { IngestStats } from '@tallymark/contract/stats';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';

const figure = 'py-1 pl-4 text-right whitespace-nowrap';
const head = 'pb-1 pl-4 text-right';
const NEARLY_FULL = 0.8;

/** What waits in Redis, shard by shard, and how much room is left. */
export function BufferCard({ stats: { shards, stuckShards, bufferBytes, config } }: { stats: IngestStats }) {
  const full = bufferBytes / config.maxBufferBytes;
  const stuck = new Set(stuckShards.map(({ shard }) => shard));
  return (
    <Card
      title="Buffer"
      note={`${writeNumber(bufferBytes, 'bytes')} of ${writeNumber(config.maxBufferBytes, 'bytes')}; when it is full, callers are told to wait.`}
    >
      <meter className="sr-only" aria-label="Buffer in use" min={0} max={100} value={Math.min(100, full * 100)}>
        {writeNumber(full * 100, 'percent')} full
      </meter>
      <div aria-hidden className="mb-3 h-2 overflow-hidden rounded-full bg-muted">
        <div
          className={full > NEARLY_FULL ? 'h-full bg-bad' : 'h-full bg-series-1'}
          style={{ width: `${Math.min(100, full * 100)}%` }}
        />
      </div>
      <table className="text-sm" aria-label="Buffer by shard">
        <thead>
          <tr className="text-xs text-muted-foreground">
            <th scope="col" className="pb-1 text-left">
              Shard
            </th>
            <th scope="col" className={head}>
              Events
            </th>
            <th scope="col" className={head}>
              Size
            </th>
            <th scope="col" className={head}>
              Oldest
            </th>
          </tr>
        </thead>
        <tbody>
          {shards.map(({ shard, bufferSize, bufferBytes: bytes, oldestAgeMs }) => (
            <tr key={shard} className="border-t">
              <th scope="row" className="py-1 text-left">
                {shard} {stuck.has(shard) && <Badge tone="bad">does not drain</Badge>}
              </th>
              <td className={figure}>{writeCount(bufferSize)}</td>
              <td className={figure}>{writeNumber(bytes, 'bytes')}</td>
              <td className={figure}>{oldestAgeMs === null ? '–' : writeNumber(oldestAgeMs / 1_000, 'seconds')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
