'use client';
import type { EventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { AttributionFacts } from './attribution-facts.tsx';
import { Facts, ObjectFacts } from './facts.tsx';
import { SessionTimeline } from './session-timeline.tsx';
import { SnapshotFacts } from './snapshot-facts.tsx';

interface EventDetailProps {
  readonly detail: EventDetailAnswer;
  readonly onOpen: (id: string) => void;
}

/** All that is known of an event. */
export function EventDetail({ detail, onOpen }: EventDetailProps) {
  const { event, duplicate, attribution, touch, snapshot } = detail;
  const mono = (id: string | null) => id && <span className="font-mono text-xs">{id}</span>;
  return (
    <div className="grid grid-cols-1 gap-4">
      <Card
        title={event.eventType}
        note={<time dateTime={event.occurredAt}>{writeMoment(event.occurredAt)}</time>}
        actions={
          <span className="flex gap-1.5">
            {event.isBot && <Badge>bot</Badge>}
            {duplicate && <Badge tone="warn">duplicate</Badge>}
            {event.retentionExempt && <Badge>kept whatever retention says</Badge>}
          </span>
        }
      >
        <Facts
          empty=""
          facts={[
            ['ID', mono(event.id)],
            ['Received', writeMoment(event.receivedAt)],
            ['Entity', event.entityType && `${event.entityType} ${event.entityId ?? ''}`],
            ['Actor', mono(event.actorId)],
            ['Visitor', mono(event.visitorId)],
            ['Session as sent', mono(event.sessionId)],
            ['Source', event.service ? `${event.source} · ${event.service}` : event.source],
            ['Client', event.clientVersion],
            ['Stands for', event.count > 1 ? `${writeCount(event.count)} events` : null],
            ['Sampling rate', event.samplingRate < 100 ? writeNumber(event.samplingRate, 'percent') : null],
            ['Repeats', duplicate && mono(duplicate.duplicateOf)],
            ['Idempotency key', mono(event.idempotencyKey)],
            ['Correlation ID', mono(event.correlationId)],
          ]}
        />
      </Card>
      <Card title="Props" note={`Version ${event.schemaVersion}${event.sent ? ', sent in an older one' : ''}`}>
        <ObjectFacts object={event.props} empty="The event has no props." />
      </Card>
      <Card title="Attribution">
        <AttributionFacts attribution={attribution} touch={touch} />
      </Card>
      <Card title="Entity as it was then">
        <SnapshotFacts snapshot={snapshot} />
      </Card>
      <SessionTimeline detail={detail} onOpen={onOpen} />
    </div>
  );
}
