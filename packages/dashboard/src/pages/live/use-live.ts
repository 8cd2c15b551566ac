'use client';
import type { LiveMessage } from '@tallymark/contract/reports/live';
import { TRPCClientError } from '@trpc/client';
import { useEffect, useRef, useState } from 'react';
import { type Client, useClient } from '../../data/client.ts';
import { EMPTY_LOG, heard, type LiveLog, resumed } from './live-log.ts';

/** How often the page is drawn anew at most: messages come every few hundredths of a second. */
const DRAW_MS = 250;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** Counters come each second: a connection that is silent for so long is broken, whatever the browser believes. */
const SILENCE_MS = 6_000;

export type Connection = 'connecting' | 'open' | 'lost' | 'refused';

export interface Live {
  readonly connection: Connection;
  /** Why it is refused. */
  readonly error: unknown;
  readonly log: LiveLog;
}

/**
 * A site's live stream, with its events of the given types (none for all). A connection that is lost is made again, and goes
 * on behind the last message that was heard; so does one for other types.
 */
export function useLive(siteId: string | undefined, types: readonly string[]): Live {
  const client = useClient();
  const [live, setLive] = useState<Live>({ connection: 'connecting', error: null, log: EMPTY_LOG });
  const site = useRef(siteId);
  const lastEventId = useRef<string | null>(null);
  const key = JSON.stringify(types);

  useEffect(() => {
    if (site.current !== siteId) {
      site.current = siteId;
      lastEventId.current = null;
      setLive({ connection: 'connecting', error: null, log: EMPTY_LOG });
    }
    return listen({
      client,
      siteId,
      eventTypes: JSON.parse(key) as string[],
      lastEventId: () => lastEventId.current,
      onMessages: (messages, id) => {
        lastEventId.current = id;
        setLive((before) => ({ ...before, log: heard(before.log, messages) }));
      },
      onConnection: (connection, lostMs) =>
        setLive((before) => ({
          connection,
          error: null,
          log: lostMs === null ? before.log : resumed(before.log, lostMs),
        })),
      onRefused: (error) => setLive((before) => ({ ...before, connection: 'refused', error })),
    });
  }, [client, siteId, key]);
  return live;
}

interface Listening {
  readonly client: Client;
  readonly siteId: string | undefined;
  readonly eventTypes: readonly string[];
  readonly lastEventId: () => string | null;
  readonly onMessages: (messages: readonly LiveMessage[], lastEventId: string) => void;
  /** With the time it was lost for, where it is back. */
  readonly onConnection: (connection: Connection, lostMs: number | null) => void;
  readonly onRefused: (error: unknown) => void;
}

/** Listens until it is told to stop. */
function listen({
  client,
  siteId,
  eventTypes,
  lastEventId,
  onMessages,
  onConnection,
  onRefused,
}: Listening): () => void {
  let waiting: LiveMessage[] = [];
  let newest = lastEventId();
  let open = false;
  let lostAt: number | null = null;
  let heardAt = 0;
  let failures = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe(): void } | undefined;

  const tell = () => {
    if (waiting.length === 0 || newest === null) return;
    onMessages(waiting, newest);
    waiting = [];
  };
  const drawing = setInterval(() => {
    tell();
    if (!open || Date.now() - heardAt < SILENCE_MS) return;
    subscription?.unsubscribe();
    tryAgain();
  }, DRAW_MS);
  const opened = () => {
    open = true;
    heardAt = Date.now();
    failures = 0;
    onConnection('open', lostAt === null ? null : Date.now() - lostAt);
    lostAt = null;
  };
  const lost = () => {
    open = false;
    tell();
    lostAt ??= Date.now();
    onConnection('lost', null);
  };
  const connect = () => {
    subscription = client.stats.live.subscribe(
      { ...(siteId && { siteId }), eventTypes: [...eventTypes], lastEventId: newest },
      {
        onData: ({ id, data }) => {
          waiting.push(data);
          newest = id;
          heardAt = Date.now();
        },
        onConnectionStateChange: ({ state }) => {
          if (state === 'pending') opened();
          // The browser connects again by itself, and says where it was.
          else if (state === 'connecting' && open) lost();
        },
        onError: (error) => (isFinal(error) ? onRefused(error) : tryAgain()),
      },
    );
  };
  const tryAgain = () => {
    lost();
    failures += 1;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    // Spread out: a server that comes back should not meet all its readers at once.
    again = setTimeout(connect, longest * (0.5 + Math.random() / 2));
  };
  connect();
  return () => {
    clearInterval(drawing);
    clearTimeout(again);
    tell();
    subscription?.unsubscribe();
  };
}

/** Whether trying again is of no use: the server has understood, and said no. */
function isFinal(error: unknown): boolean {
  const status: unknown = error instanceof TRPCClientError ? error.data?.httpStatus : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 429 && status !== 408;
}
