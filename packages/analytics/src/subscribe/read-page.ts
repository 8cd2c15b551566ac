import type { AnyStoredEvent } from '@tallymark/contract/subscriptions';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { type LogPosition, readEventLog } from '@tallymark/prisma/stores/event-log';
import { readSubscribedEvents } from '@tallymark/prisma/stores/subscriptions-events';

/** An event, and where a reader stands that is done with it and with all before it. */
export interface PageEvent {
  readonly event: AnyStoredEvent;
  readonly after: LogPosition;
}

export interface EventPage {
  readonly events: readonly PageEvent[];
  /** Where a reader stands that is done with the page. */
  readonly end: LogPosition;
  readonly exhausted: boolean;
}

/**
 * About a thousand logged events from `from` on, those left out that are of other types or were erased meanwhile.
 * @throws EventLogFromElsewhere
 */
export async function readPage(
  db: SqlExecutor,
  from: LogPosition,
  types: readonly string[] | null,
): Promise<EventPage> {
  const { batches, after, next, exhausted } = await readEventLog(db, from, { kinds: ['stored'] });
  const ids = batches.flatMap(({ eventIds }) => eventIds);
  const found = new Map((await readSubscribedEvents(db, ids, types)).map((event) => [event.id, event]));
  const events = batches.flatMap((batch) =>
    batch.eventIds.flatMap((id, at) => {
      const event = found.get(id);
      return event === undefined ? [] : { event, after: after(batch, at + 1) };
    }),
  );
  return { events, end: next, exhausted };
}
