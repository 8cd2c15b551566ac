'use client';
import type { IngestStats } from '@tallymark/contract/stats';
import { Answered } from '../../data/answered.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Facts } from './facts.tsx';
import { useDeduplication } from './questions.ts';

const share = (part: number, whole: number) => (whole === 0 ? '–' : writeNumber((part / whole) * 100, 'percent'));
const onOff = (on: boolean) => (on ? 'on' : 'off');
const HIGH_RATE = 10;

/** What is not stored on purpose: repeats, and what sampling leaves out. */
export function ThinningCard({ stats: { ledger, config } }: { stats: IngestStats }) {
  const deduplication = useDeduplication();
  const checked = ledger.accepted + ledger.duplicate;
  const rate = checked === 0 ? 0 : (ledger.duplicate / checked) * 100;
  return (
    <Card title="Repeats and sampling">
      <Facts
        facts={[
          [
            'Repeats',
            <span key="rate" className={rate > HIGH_RATE ? 'text-bad' : ''}>
              {share(ledger.duplicate, checked)} of {writeCount(checked)} checked
            </span>,
          ],
          [
            'Without a key',
            `${onOff(config.enableDeduplication)}, remembered for ${writeNumber(config.deduplicationTtlSeconds, 'seconds')}`,
          ],
          ['Keys', `in Redis for ${writeNumber(config.idempotencyTtlSeconds, 'seconds')}, in Postgres for good`],
          ['Sampled', `${share(ledger.sampled, ledger.received)} of what was received left out`],
          ['Sampling, aggregation', `${onOff(config.enableThrottling)}, ${onOff(config.enableAggregation)}`],
        ]}
      />
      <h3 className="mt-4 mb-1 text-xs text-muted-foreground">Search of the database for repeats</h3>
      <Answered question={deduplication} loading={<Skeleton className="h-24 w-full" />}>
        {({ lastRun, running, totalMarked, totalReverted }) => (
          <Facts
            facts={[
              ['Marked', `${writeCount(totalMarked)}, ${writeCount(totalReverted)} taken back`],
              ['Last run', lastRun ? writeMoment(lastRun.startedAt) : 'none yet; one starts every night'],
              [
                'It found',
                running
                  ? 'is at work'
                  : lastRun?.error
                    ? `failed: ${lastRun.error}`
                    : lastRun
                      ? `${writeCount(lastRun.marked)} of ${writeCount(lastRun.scanned)} events`
                      : '–',
              ],
            ]}
          />
        )}
      </Answered>
    </Card>
  );
}
