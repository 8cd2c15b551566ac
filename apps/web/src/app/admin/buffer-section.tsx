import type { IngestStats } from '@tallymark/contract/stats';
import { formatBytes, formatCount, formatShare, formatSpan } from '../../format.ts';

/** What waits in Redis, shard by shard, and how much room is left. */
export function BufferSection({ stats }: { stats: IngestStats }) {
  const { shards, bufferBytes, config } = stats;
  return (
    <section className="panel" aria-labelledby="buffer">
      <header className="panel-head">
        <h2 id="buffer">Buffer</h2>
        <p className="soft">{formatShare(bufferBytes / config.maxBufferBytes)} full</p>
      </header>
      <meter
        className="fill"
        min={0}
        max={config.maxBufferBytes}
        high={config.maxBufferBytes * 0.8}
        value={bufferBytes}
        aria-label="Buffer in use"
      />
      <p className="soft">
        {formatBytes(bufferBytes)} of {formatBytes(config.maxBufferBytes)}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Shard</th>
            <th scope="col" className="number">
              Events
            </th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col" className="number">
              Oldest
            </th>
          </tr>
        </thead>
        <tbody>
          {shards.map((shard) => (
            <tr key={shard.shard}>
              <th scope="row">{shard.shard}</th>
              <td className="number">{formatCount(shard.bufferSize)}</td>
              <td className="number">{formatBytes(shard.bufferBytes)}</td>
              <td className="number">{shard.oldestAgeMs === null ? '–' : formatSpan(shard.oldestAgeMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
