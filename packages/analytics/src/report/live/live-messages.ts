import type { LiveMessage } from '@tallymark/contract/reports/live';
import { type LivePosition, missedBefore, positionOf, resumeAt, writePosition } from './live-position.ts';
import { isLater, justBefore, type LiveItem } from './live-ring.ts';
import type { LiveSite } from './live-site.ts';

/** A message, and the id to go on from behind it. */
export interface LiveDelivery {
  readonly id: string;
  readonly message: LiveMessage;
}

export interface LiveQuestion {
  /** Null for all. */
  readonly eventTypes: ReadonlySet<string> | null;
  /** Id of the last delivery; null to begin with what comes next. */
  readonly lastEventId: string | null;
}

/**
 * What one reader is told, as fast as it asks for it. A reader holds a position and nothing else: one that falls more than
 * `mostBehind` events behind, once it has been up to date, goes on with what comes next.
 *
 * Ends when the signal aborts.
 */
export async function* liveMessages(
  site: LiveSite,
  question: LiveQuestion,
  { signal, mostBehind }: { readonly signal: AbortSignal; readonly mostBehind: number },
): AsyncGenerator<LiveDelivery, void> {
  const { lastEventId, eventTypes } = question;
  const resumed = lastEventId === null ? null : resumeAt(site.ring, site.newest, lastEventId);
  let position = resumed?.position ?? positionOf(site.newest);
  // Who resumes may be far behind at first.
  let upToDate = resumed === null;
  let tick = -1;
  const tell = (message: LiveMessage): LiveDelivery => ({ id: writePosition(position), message });

  if (resumed?.broken) yield tell({ kind: 'gap', missed: null });
  while (!signal.aborted) {
    if (site.counted.tick > tick) {
      tick = site.counted.tick;
      yield tell(site.counted.counters);
      continue;
    }
    const behind = upToDate ? (missedBefore(position, { ...site.newest, count: 0 }) ?? 0) : 0;
    if (behind > mostBehind) {
      position = positionOf(site.newest);
      yield tell({ kind: 'dropped', events: behind });
      continue;
    }
    const item = site.ring.after(position.seq);
    if (!item) {
      upToDate = true;
      await site.changed(signal);
      continue;
    }
    if (isSeen(position, item)) {
      position = { ...position, seq: item.seq };
      continue;
    }
    const missed = missedBefore(position, item);
    if (missed !== 0) {
      const rolledOver = upToDate && item.seq > position.seq + 1;
      // Whoever is cut off here has been told of this, and not yet of the item: also by a process that holds more.
      position = { ...position, entryId: justBefore(item.id), life: item.life, total: item.total - item.count };
      yield tell(rolledOver && missed !== null ? { kind: 'dropped', events: missed } : { kind: 'gap', missed });
    }
    position = positionOf(item);
    const events = eventTypes ? item.events.filter(({ eventType }) => eventTypes.has(eventType)) : item.events;
    if (events.length > 0) yield tell({ kind: 'events', events: [...events] });
  }
}

/** Whether another process has told the reader of the item already. */
const isSeen = ({ life, entryId }: LivePosition, item: LiveItem) => item.life === life && !isLater(item.id, entryId);
