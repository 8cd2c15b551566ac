import type { LiveCounters, LiveEvent, LiveMessage } from '@tallymark/contract/reports/live';

/** A line of the stream: an event, or what stands between events. */
export type LiveLine =
  | { readonly key: string; readonly kind: 'event'; readonly event: LiveEvent }
  /** Events that are stored but were not told; null where nobody knows how many. */
  | { readonly key: string; readonly kind: 'gap'; readonly missed: number | null; readonly slow: boolean }
  /** The connection was lost for so long, and what came meanwhile stands above. */
  | { readonly key: string; readonly kind: 'resumed'; readonly lostMs: number };

interface LiveSecond {
  /** End of the second, in ms. */
  readonly at: number;
  readonly events: number;
}

export interface LiveLog {
  readonly counters: LiveCounters | null;
  /** Of the last minutes, as far as they were heard of, the oldest first. */
  readonly seconds: readonly LiveSecond[];
  /** The newest first. */
  readonly lines: readonly LiveLine[];
  /** Lines there have been, those among them that are not kept any more. */
  readonly told: number;
}

export const SECONDS_KEPT = 300;
export const LINES_KEPT = 500;
export const EMPTY_LOG: LiveLog = { counters: null, seconds: [], lines: [], told: 0 };

/** The log with what has been heard since, in the order it was heard in. */
export function heard(log: LiveLog, messages: readonly LiveMessage[]): LiveLog {
  let { counters, seconds, told } = log;
  const added: LiveLine[] = [];
  const add = (line: DistributiveOmit<LiveLine, 'key'>) => {
    told += 1;
    added.push({ ...line, key: String(told) });
  };
  for (const message of messages) {
    if (message.kind === 'events') for (const event of message.events) add({ kind: 'event', event });
    else if (message.kind === 'gap') add({ kind: 'gap', missed: message.missed, slow: false });
    else if (message.kind === 'dropped') add({ kind: 'gap', missed: message.events, slow: true });
    else {
      counters = message;
      seconds = withSecond(seconds, message);
    }
  }
  return { counters, seconds, told, lines: newestFirst(added, log.lines) };
}

/** The log with the note that a lost connection is back. */
export function resumed(log: LiveLog, lostMs: number): LiveLog {
  const told = log.told + 1;
  return { ...log, told, lines: newestFirst([{ key: String(told), kind: 'resumed', lostMs }], log.lines) };
}

function withSecond(seconds: readonly LiveSecond[], { at, lastSecond, upToDate }: LiveCounters): LiveSecond[] {
  const end = Date.parse(at);
  const recent = seconds.filter((second) => second.at > end - SECONDS_KEPT * 1_000 && second.at < end);
  // While the stream cannot be read nobody knows what came: the second stays a hole.
  return upToDate ? [...recent, { at: end, events: lastSecond }] : recent;
}

const newestFirst = (added: readonly LiveLine[], lines: readonly LiveLine[]) =>
  added.length === 0 ? lines : [...added.toReversed(), ...lines].slice(0, LINES_KEPT);

type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown ? Omit<Type, Key> : never;
