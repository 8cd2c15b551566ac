'use client';
import type { FoundEvent } from '@tallymark/contract/reports/search';
import { writeDayAndClock } from '../../format/clock.ts';
import { writeCount } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';

interface EventRowProps {
  readonly event: FoundEvent;
  readonly onOpen: (id: string) => void;
}

/** One event in short; its type opens the detail. */
export function EventRow({ event, onOpen }: EventRowProps) {
  const { id, eventType, occurredAt, entityType, entityId, source, service, visitorId, sessionId, props } = event;
  const about = entityType ? `${entityType} ${entityId ?? ''}` : typeof props.path === 'string' ? props.path : null;
  const cell = 'hidden max-w-36 truncate pr-4 md:table-cell';
  return (
    <tr className="h-8 border-b last:border-0 hover:bg-muted">
      <td className="pr-4 whitespace-nowrap text-muted-foreground">
        <time dateTime={occurredAt}>{writeDayAndClock(occurredAt)}</time>
      </td>
      <th scope="row" className="pr-4 text-left whitespace-nowrap">
        <span className="inline-flex items-center gap-1.5">
          <button type="button" className="text-primary hover:underline" onClick={() => onOpen(id)}>
            {eventType}
          </button>
          {event.count > 1 && <Badge>×{writeCount(event.count)}</Badge>}
          {event.duplicateOf !== null && <Badge tone="warn">duplicate</Badge>}
          {event.isBot && <Badge>bot</Badge>}
        </span>
      </th>
      <td className="w-full max-w-40 truncate pr-4">{about ?? <None />}</td>
      <td className={cell}>{service ? `${source} · ${service}` : source}</td>
      <td className={`${cell} font-mono text-xs`}>{visitorId ?? <None />}</td>
      <td className={`${cell} font-mono text-xs`}>{sessionId ?? <None />}</td>
    </tr>
  );
}

const None = () => <span className="text-muted-foreground">–</span>;
