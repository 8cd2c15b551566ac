'use client';
import type { EnrichmentBacklogStats, JobName, QueueStats } from '@tallymark/contract/jobs';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { writeAgo } from '../../format/times.ts';
import { title } from '../../format/words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useJobs } from './questions.ts';

const HEADS = ['Waiting', 'Active', 'Delayed', 'Failed', 'Oldest', 'Next run'];
const figure = 'py-1.5 pl-4 text-right whitespace-nowrap';

/** The job queues, and what waits for enrichment. `now`: the present, in ms. */
export function QueuesCard({ now }: { now: number }) {
  const jobs = useJobs();
  return (
    <Card title="Queues">
      <Answered question={jobs} loading={<Skeleton className="h-80 w-full" />}>
        {({ queues, enrichment }) => (
          <>
            <ScrollRegion wide label="Job queues">
              <table className="text-sm" aria-label="Job queues">
                <thead>
                  <tr className="border-b text-xs text-muted-foreground">
                    <th scope="col" className="pb-1 text-left">
                      Queue
                    </th>
                    {HEADS.map((name) => (
                      <th key={name} scope="col" className="pb-1 pl-4 text-right whitespace-nowrap">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {queues.map((queue) => (
                    <QueueRow key={queue.name} queue={queue} now={now} />
                  ))}
                </tbody>
              </table>
            </ScrollRegion>
            <Backlog backlog={enrichment} />
          </>
        )}
      </Answered>
    </Card>
  );
}

function QueueRow({ queue, now }: { queue: QueueStats; now: number }) {
  const { name, waiting, active, delayed, failed, oldestAgeMs, nextRunAt, lastFailure } = queue;
  const retry = useAction(
    (client, jobId: string) => client.jobs.retryFailedJob.mutate({ queue: name as JobName, jobId }),
    ['jobs.stats'],
  );
  return (
    <>
      <tr className="border-b last:border-0">
        <th scope="row" className="py-1.5 text-left whitespace-nowrap">
          {title(name)}
        </th>
        <td className={figure}>{writeCount(waiting)}</td>
        <td className={figure}>{writeCount(active)}</td>
        <td className={figure}>{writeCount(delayed)}</td>
        <td className={`${figure} ${failed > 0 ? 'text-bad' : ''}`}>{writeCount(failed)}</td>
        <td className={figure}>{oldestAgeMs === null ? '–' : writeNumber(oldestAgeMs / 1_000, 'seconds')}</td>
        <td className={figure}>{nextRunAt === null ? '–' : writeAgo(nextRunAt, now)}</td>
      </tr>
      {lastFailure && (
        <tr className="border-b last:border-0">
          <td colSpan={HEADS.length + 1} className="pb-2 text-xs">
            <span className="text-muted-foreground">Failed {writeAgo(lastFailure.failedAt, now)}: </span>
            {lastFailure.reason}{' '}
            <Button size="small" disabled={retry.isPending} onClick={() => retry.mutate(lastFailure.jobId)}>
              Try again
            </Button>
            {retry.isError && <span className="ml-2 text-bad">{retry.error.message}</span>}
          </td>
        </tr>
      )}
    </>
  );
}

function Backlog({ backlog: { waiting, oldestAgeMs, parked, reasons } }: { backlog: EnrichmentBacklogStats }) {
  const retry = useAction((client, _: undefined) => client.jobs.retryFailedEnrichment.mutate(), ['jobs.stats']);
  return (
    <div className="mt-3 text-sm">
      <p>
        <span className="text-muted-foreground">Waiting for enrichment: </span>
        {writeCount(waiting)} events
        {oldestAgeMs !== null && `, the oldest for ${writeNumber(oldestAgeMs / 1_000, 'seconds')}`}
      </p>
      {parked > 0 && (
        <div className="mt-2 flex flex-wrap items-center gap-3">
          <p className="text-bad">{writeCount(parked)} ran out of attempts.</p>
          <Button size="small" disabled={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Try them again
          </Button>
        </div>
      )}
      <ul className="mt-1 text-xs text-muted-foreground">
        {reasons.map(({ reason, events }) => (
          <li key={reason}>
            {writeCount(events)}: {reason}
          </li>
        ))}
      </ul>
      <p role="status" className="text-xs text-muted-foreground">
        {retry.data && `${writeCount(retry.data.events)} events were queued again.`}
        {retry.isError && retry.error.message}
      </p>
    </div>
  );
}
