'use client';
import type { EventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import { writeClock } from '../../format/clock.ts';
import { writeNumber } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import { classNames } from '../../ui/class-names.ts';

interface SessionTimelineProps {
  readonly detail: EventDetailAnswer;
  readonly onOpen: (id: string) => void;
}

/** What happened before and after it in its session. */
export function SessionTimeline({ detail: { event, session, neighbours }, onOpen }: SessionTimelineProps) {
  if (!session) {
    return (
      <Card title="Session">
        <p className="text-xs text-muted-foreground">
          {event.workedOutSessionId === null && event.isBot === null
            ? 'Sessions are worked out by enrichment, which this event is still waiting for.'
            : 'The event belongs to no session.'}
        </p>
      </Card>
    );
  }
  const path = typeof event.props.path === 'string' ? event.props.path : null;
  const here = { ...event, page: path };
  const events = [...neighbours.before, here, ...neighbours.after];
  return (
    <Card
      title="Session"
      note={`Began ${writeMoment(session.startedAt)}; event ${session.sequence}, ${writeNumber(session.durationMs / 1_000, 'seconds')} in`}
    >
      <ol className="border-l">
        {events.map(({ id, eventType, occurredAt, page, entityType, entityId }) => {
          const current = id === event.id;
          return (
            <li
              key={id}
              aria-current={current ? 'true' : undefined}
              className={classNames(
                '-ml-px flex gap-3 border-l-2 border-transparent py-0.5 pl-3 text-sm',
                current && 'border-primary bg-accent font-medium',
              )}
            >
              <time dateTime={occurredAt} className="text-muted-foreground">
                {writeClock(occurredAt)}
              </time>
              {current ? (
                <span>{eventType}</span>
              ) : (
                <button type="button" className="text-primary hover:underline" onClick={() => onOpen(id)}>
                  {eventType}
                </button>
              )}
              <span className="min-w-0 truncate text-muted-foreground">
                {page ?? (entityType && `${entityType} ${entityId ?? ''}`)}
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
