'use client';
import type { ReplayAllResult } from '@tallymark/contract/dead-letters';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Answered } from '../../data/answered.tsx';
import { useClient } from '../../data/client.ts';
import { useAction } from '../../data/use-action.ts';
import { writeCount } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty, Failed } from '../../ui/states.tsx';
import { DeadLetterItem } from './dead-letter-item.tsx';
import { LETTER_CHANGES } from './letter-changes.ts';
import { useLetterCounts } from './questions.ts';

const PAGE = 20;
const EVERY_MS = 2_000;

/** Accepted events that could not be stored: looked at, repaired against the plan, replayed. */
export function DeadLettersCard({ now }: { now: number }) {
  const counts = useLetterCounts();
  const replayAll = useAction((client, _: undefined) => client.deadLetters.replayAll.mutate(), LETTER_CHANGES);
  const open = counts.data?.reduce((sum, one) => sum + one.open, 0) ?? 0;
  return (
    <Card
      title="Dead letters"
      note="Accepted events that Postgres refuses, or whose id another event holds. Nothing of them is lost."
      actions={
        open > 0 && (
          <Button size="small" disabled={replayAll.isPending} onClick={() => replayAll.mutate(undefined)}>
            {replayAll.isPending ? 'Replaying…' : 'Replay all'}
          </Button>
        )
      }
    >
      <Answered question={counts} loading={<Skeleton className="h-6 w-64" />}>
        {(reasons) => (
          <p className="text-sm">
            {reasons.length === 0
              ? 'There has been none.'
              : reasons
                  .map(
                    ({ reason, open: left, stored, merged }) =>
                      `${reason}: ${writeCount(left)} open, ${writeCount(stored + merged)} resolved`,
                  )
                  .join(' · ')}
          </p>
        )}
      </Answered>
      <p role="status" className={replayAll.isError ? 'mt-1 text-xs text-bad' : 'mt-1 text-xs text-muted-foreground'}>
        {replayAll.isError ? replayAll.error.message : replayAll.data && inWords(replayAll.data)}
      </p>
      {open > 0 && <OpenLetters now={now} />}
    </Card>
  );
}

function OpenLetters({ now }: { now: number }) {
  const client = useClient();
  const letters = useInfiniteQuery({
    queryKey: ['deadLetters.list'],
    queryFn: ({ pageParam, signal }) =>
      client.deadLetters.list.query({ resolved: false, limit: PAGE, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
  if (letters.error && !letters.data) return <Failed error={letters.error} onRetry={() => void letters.refetch()} />;
  if (!letters.data) return <Skeleton className="mt-3 h-40 w-full" />;
  const items = letters.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty title="No open dead letter" />;
  return (
    <>
      <ul className="mt-3" aria-label="Open dead letters">
        {items.map((letter) => (
          <DeadLetterItem key={letter.id} letter={letter} now={now} />
        ))}
      </ul>
      {letters.hasNextPage && (
        <Button className="mt-3" disabled={letters.isFetchingNextPage} onClick={() => void letters.fetchNextPage()}>
          Load more
        </Button>
      )}
    </>
  );
}

function inWords({ stored, merged, stillRefused, conflict, skipped, stoppedBy }: ReplayAllResult): string {
  const parts = [
    `${writeCount(stored)} stored`,
    ...(merged ? [`${writeCount(merged)} were stored already`] : []),
    ...(stillRefused ? [`${writeCount(stillRefused)} still refused: repair them first`] : []),
    ...(conflict ? [`${writeCount(conflict)} in conflict`] : []),
    ...(skipped ? [`${writeCount(skipped)} skipped`] : []),
  ];
  return `${parts.join(', ')}.${stoppedBy ? ` Stopped by: ${stoppedBy}` : ''}`;
}
