'use client';
import type { IngestStats } from '@tallymark/contract/stats';
import { RateLine } from '../../charts/rate-line.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { writeAgo } from '../../format/times.ts';
import { useScope } from '../../state/use-scope.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Facts } from './facts.tsx';
import { ForceFlush } from './force-flush.tsx';
import { useStoringTimes } from './questions.ts';
import { useFlushRates } from './use-flush-rates.ts';

/** When and how fast batches move to Postgres. `at`: when the stats were read, in ms. */
export function FlushCard({ stats, at }: { stats: IngestStats; at: number }) {
  const { scope } = useScope();
  const times = useStoringTimes(scope.siteId).data;
  const { config, lastFlushAt, flushCount, totalFlushed } = stats;
  const rates = useFlushRates(totalFlushed, at);
  const ms = (value: number | null | undefined) => (value == null ? '–' : writeNumber(value, 'ms'));
  return (
    <Card
      title="Flush"
      actions={<Badge tone={stats.isProcessing ? 'good' : 'plain'}>{stats.isProcessing ? 'Committing' : 'Idle'}</Badge>}
    >
      <RateLine label="Events flushed" rates={rates} />
      <Facts
        facts={[
          ['Now', rates.length === 0 ? 'counting…' : `${writeCount(rates.at(-1) ?? 0)} events/s`],
          ['From receipt to row', `${ms(times?.p50)} median, ${ms(times?.p95)} p95`],
          ['Last flush', lastFlushAt === null ? 'never' : writeAgo(lastFlushAt, at)],
          ['Flushes', writeCount(flushCount)],
          ['Events flushed', writeCount(totalFlushed)],
          ['Events a flush', flushCount === 0 ? '–' : writeCount(Math.round(totalFlushed / flushCount))],
          [
            'Begins after',
            `${writeCount(config.batchSize)} events or ${writeNumber(config.batchTimeoutMs / 1_000, 'seconds')}`,
          ],
        ]}
      />
      <ForceFlush />
    </Card>
  );
}
