'use client';
import type { LiveEvent } from '@tallymark/contract/reports/live';
import Link from 'next/link';
import { writeClock } from '../../format/clock.ts';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { usePageHref } from '../../shell/base-path.ts';
import type { LiveLine } from './live-log.ts';

const COLUMNS = 5;
const TAG_LENGTH = 6;

export function LiveRow({ line }: { line: LiveLine }) {
  if (line.kind === 'event') return <EventRow event={line.event} />;
  return (
    <tr className="border-b">
      <td colSpan={COLUMNS} className="py-1.5 text-center text-xs text-warn">
        {line.kind === 'gap' ? gapWords(line.missed, line.slow) : resumedWords(line.lostMs)}
      </td>
    </tr>
  );
}

function gapWords(missed: number | null, slow: boolean): string {
  const events =
    missed === null ? 'Some events' : missed === 1 ? 'About 1 event' : `About ${writeCount(missed)} events`;
  return slow
    ? `${events} left out: more came than this page could take`
    : `${events} missing here: they are stored, and the stream does not hold them any more`;
}

const resumedWords = (lostMs: number) =>
  `Connected again after ${writeNumber(lostMs / 1_000, 'seconds')}; what came meanwhile is above`;

function EventRow({ event }: { event: LiveEvent }) {
  const { id, eventType, receivedAt, page, entityType, entityId, source, visitor } = event;
  const href = usePageHref();
  return (
    <tr className="h-8 border-b last:border-0 hover:bg-muted">
      <td className="pr-4 whitespace-nowrap text-muted-foreground">
        <time dateTime={receivedAt}>{writeClock(receivedAt)}</time>
      </td>
      <th scope="row" className="pr-4 text-left whitespace-nowrap">
        <Link href={`${href('events')}?event=${id}`} prefetch={false} className="text-primary hover:underline">
          {eventType}
        </Link>
      </th>
      <td className="w-full max-w-40 truncate pr-4">
        {page ?? (entityType && `${entityType} ${entityId ?? ''}`) ?? <span className="text-muted-foreground">–</span>}
      </td>
      <td className="hidden pr-4 sm:table-cell">{source}</td>
      <td className="hidden font-mono text-xs text-muted-foreground sm:table-cell">
        {visitor?.slice(0, TAG_LENGTH) ?? '–'}
      </td>
    </tr>
  );
}
