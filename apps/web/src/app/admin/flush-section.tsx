import { formatCount, formatSpan } from '../../format.ts';
import { ForceFlush } from './force-flush.tsx';
import type { Reading } from './use-ingest-stats.ts';

interface Props {
  readonly reading: Reading;
  readonly onFlushed: () => void;
}

/** When and how batches move to Postgres. */
export function FlushSection({ reading: { stats, at }, onFlushed }: Props) {
  const { config, lastFlushAt, flushCount, totalFlushed } = stats;
  const facts = [
    ['Flushes', formatCount(flushCount)],
    ['Events flushed', formatCount(totalFlushed)],
    ['Last one', lastFlushAt === null ? 'never' : `${formatSpan(Math.max(at - Date.parse(lastFlushAt), 0))} ago`],
    ['Mean batch', flushCount === 0 ? '–' : formatCount(Math.round(totalFlushed / flushCount))],
    ['Triggered by', `${formatCount(config.batchSize)} events, or ${formatSpan(config.batchTimeoutMs)} of waiting`],
  ];
  return (
    <section className="panel" aria-labelledby="flush">
      <header className="panel-head">
        <h2 id="flush">Flush</h2>
        <p className="soft">{stats.isProcessing ? 'Committing a batch' : 'Idle'}</p>
      </header>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ForceFlush onFlushed={onFlushed} />
    </section>
  );
}
