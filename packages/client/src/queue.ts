import type { QueuedEvent } from './types.ts';

/** Events in the order they were tracked. */
export interface EventQueue {
  /** Whether every tab of the site works on it. */
  readonly shared: boolean;
  /** Resolves once the event would survive a crash of the page. False: there is no room. */
  add(event: QueuedEvent): Promise<boolean>;
  /** The oldest, up to `most`. They stay where they are. */
  oldest(most: number): Promise<QueuedEvent[]>;
  /** Sets the time of those that have none yet. Gives those of `keys` that are still there, as they lie there now. */
  stamp(keys: readonly string[], skewMs: number): Promise<QueuedEvent[]>;
  remove(keys: readonly string[]): Promise<void>;
  size(): Promise<number>;
  clear(): Promise<void>;
}

/** Beyond it events are dropped, the newest first: a device that is never online must not fill up. */
export const MOST_QUEUED = 5_000;

/** The event with its time by the server's clock. Once it is set it stays, for the event is known by it. */
export function stamp(event: QueuedEvent, skewMs: number): QueuedEvent {
  return event.occurredAt ? event : { ...event, occurredAt: new Date(event.at + skewMs).toISOString() };
}

/** Lives as long as the page. */
export function memoryQueue(): EventQueue {
  const events = new Map<string, QueuedEvent>();
  return {
    shared: false,
    add: async (event) => {
      if (events.size >= MOST_QUEUED) return false;
      if (!events.has(event.key)) events.set(event.key, event);
      return true;
    },
    oldest: async (most) => [...events.values()].slice(0, most),
    stamp: async (keys, skewMs) =>
      keys.flatMap((key) => {
        const event = events.get(key);
        if (!event) return [];
        const stamped = stamp(event, skewMs);
        events.set(key, stamped);
        return [stamped];
      }),
    remove: async (keys) => {
      for (const key of keys) events.delete(key);
    },
    size: async () => events.size,
    clear: async () => events.clear(),
  };
}
