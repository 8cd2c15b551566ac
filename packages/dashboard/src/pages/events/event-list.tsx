'use client';
import type { SearchAnswer } from '@tallymark/contract/reports/search';
import { keepPreviousData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import { Answered } from '../../data/answered.tsx';
import { useClient } from '../../data/client.ts';
import { writeCount } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Button } from '../../ui/button.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { EventRow } from './event-row.tsx';
import type { SearchInput } from './use-search.ts';

const PAGE = 50;
const COLUMNS = ['Time', 'Event', 'Page or entity', 'Source', 'Visitor', 'Session'] as const;

interface EventListProps {
  readonly input: SearchInput;
  readonly onOpen: (id: string) => void;
}

/** What was found, page behind page. */
export function EventList({ input, onOpen }: EventListProps) {
  const client = useClient();
  const found = useInfiniteQuery({
    queryKey: ['events.search', input],
    queryFn: ({ pageParam, signal }): Promise<SearchAnswer> =>
      client.events.search.query({ ...input, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  return (
    <Answered question={found} loading={<Skeleton className="h-[36rem] w-full" />}>
      {({ pages }) => <Found pages={pages} more={found} onOpen={onOpen} />}
    </Answered>
  );
}

interface FoundProps {
  readonly pages: readonly SearchAnswer[];
  readonly more: Pick<UseInfiniteQueryResult, 'error' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'>;
  readonly onOpen: (id: string) => void;
}

function Found({ pages, more, onOpen }: FoundProps) {
  const { error, hasNextPage, fetchNextPage, isFetchingNextPage } = more;
  const events = pages.flatMap((page) => page.events);
  const scannedTo = pages.at(-1)?.scannedTo ?? null;
  return (
    <>
      <IncompleteNote before={pages[0]?.scope.incompleteBefore ?? null} />
      {events.length === 0 && !hasNextPage ? (
        <Empty title="No event in this period">Change the search, the filters or the period.</Empty>
      ) : (
        <div className="overflow-x-auto">
          <table className="text-sm">
            <thead>
              <tr className="border-b text-left text-xs text-muted-foreground">
                {COLUMNS.map((column, n) => (
                  <th key={column} scope="col" className={`py-1 pr-4 ${n > 2 ? 'hidden md:table-cell' : ''}`}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <EventRow key={event.id} event={event} onOpen={onOpen} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <footer className="mt-3 flex min-h-8 flex-wrap items-center justify-between gap-2">
        <p role="status" className="text-xs text-muted-foreground">
          {writeCount(events.length)} {events.length === 1 ? 'event' : 'events'}
          {hasNextPage ? ' so far' : ', all there are'}
          {hasNextPage && scannedTo !== null && `; looked as far as ${writeMoment(scannedTo)}`}
        </p>
        {error && <p className="text-xs text-bad">{error.message}</p>}
        {hasNextPage && (
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading …' : 'Load more'}
          </Button>
        )}
      </footer>
    </>
  );
}
