import type { IngestStats } from '@tallymark/contract/stats';
import { formatBytes, formatCount, formatShare, formatSpan } from '../../format.ts';

export interface PlannedSampling {
  readonly eventType: string;
  /** Per cent of visitors. */
  readonly rate: number;
  readonly aggregated: boolean;
}

interface Props {
  readonly stats: IngestStats;
  readonly sampling: readonly PlannedSampling[];
}

const inWords = (on: boolean) => (on ? 'on' : 'off');

/** What this instance runs with, and which event types are thinned out. */
export function ConfigSection({ stats: { config, ledger }, sampling }: Props) {
  const sampledOut = ledger.received === 0 ? 0 : ledger.sampled / ledger.received;
  const facts = [
    [
      'Deduplication',
      `${inWords(config.enableDeduplication)}, fingerprints for ${formatSpan(config.deduplicationTtlSeconds * 1_000)}`,
    ],
    ['Idempotency keys', `in Redis for ${formatSpan(config.idempotencyTtlSeconds * 1_000)}, in Postgres for good`],
    ['Enrichment', inWords(config.enableEnrichment)],
    ['Sampling', `${inWords(config.enableThrottling)}, ${formatShare(sampledOut)} of what was received left out`],
    ['Aggregation', inWords(config.enableAggregation)],
    ['Shards', formatCount(config.shards)],
    ['Catch-up batch', `up to ${formatCount(config.maxCatchUpBatch)} events`],
    ['Buffer cap', `${formatBytes(config.maxBufferBytes)}, then callers are told to wait`],
  ];
  return (
    <section className="panel wide" aria-labelledby="config">
      <header className="panel-head">
        <h2 id="config">Configuration</h2>
      </header>
      <div className="columns">
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <table>
          <caption>
            Sampling by the plan; a rule set at run time goes before it. All other types are kept whole.
          </caption>
          <thead>
            <tr>
              <th scope="col">Event type</th>
              <th scope="col" className="number">
                Visitors kept
              </th>
              <th scope="col">Stored as</th>
            </tr>
          </thead>
          <tbody>
            {sampling.map(({ eventType, rate, aggregated }) => (
              <tr key={eventType}>
                <th scope="row">
                  <code>{eventType}</code>
                </th>
                <td className="number">{formatShare(rate / 100)}</td>
                <td>{aggregated ? 'sums per minute' : 'events'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
