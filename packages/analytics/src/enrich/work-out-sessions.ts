import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { reviseAttribution, type SessionAttribution } from '@tallymark/prisma/stores/attribution';
import {
  type EnrichmentEvent,
  findEventsAfter,
  findEventsBefore,
  inIndexOrder,
  type Neighbour,
  type StreamPlace,
} from '@tallymark/prisma/stores/enrichment-events';
import { inOrder, SESSION_SILENCE_MS, type SessionEvent, type SessionState, sessionAfter } from './sessionize.ts';
import { isSameSession, sessionAttribution, storedSession } from './stored-session.ts';
import { type Stream, streamKey, streamOf } from './stream.ts';

/** An event that has no attribution yet. */
export interface NewEvent extends SessionEvent {
  readonly event: EnrichmentEvent;
  readonly ownHosts: ReadonlySet<string>;
}

export interface WorkedOut {
  /** Session of each new event that belongs to one, by event id. */
  readonly sessions: ReadonlyMap<string, SessionState>;
  /** How many rows of attribution, there already, the new events changed. */
  readonly revised: number;
  /** Where each stream stands now, as far as that is known. */
  readonly heads: ReadonlyMap<string, SessionState>;
}

interface StreamWork {
  readonly stream: Stream;
  readonly key: string;
  /** In order. */
  readonly news: readonly NewEvent[];
}

/** Stored events read behind the first new ones, all streams together: what events hold may be large. */
const FIRST_LOOK = 4_000;
/** Stored events of one stream read at a time. */
const PAGE = 200;

/**
 * Puts new events into their streams and works out the sessions from the first of them on: as if all had come in order.
 * The events behind a late one are gone through until one comes out as it was. `heads` are trusted to be the newest of
 * their streams; the streams have to be locked.
 */
export async function workOutSessions(
  tx: SqlExecutor,
  news: readonly NewEvent[],
  heads: ReadonlyMap<string, SessionState>,
  readTouch: (event: EnrichmentEvent) => SessionEvent['touch'],
): Promise<WorkedOut> {
  const work = streamsOf(news);
  const inTheMiddle = work.filter(({ key, news: [first] }) => {
    const head = heads.get(key);
    return !head || !first || inOrder({ occurredAtMs: head.lastAtMs, id: head.lastId }, first) > 0;
  });
  const around = inTheMiddle.length === 0 ? NOTHING_AROUND : await inIndexOrder(tx, () => readAround(tx, inTheMiddle));
  const sessions = new Map<string, SessionState>();
  const newHeads = new Map<string, SessionState>();
  const revisions = new Revisions(tx);
  for (const stream of work) {
    const near = around.get(stream.key) ?? { before: heads.get(stream.key) ?? null, after: [], limit: PAGE };
    const head = await walk(tx, stream, near, { sessions, revisions, readTouch });
    if (head) newHeads.set(stream.key, head);
  }
  return { sessions, revised: await revisions.finish(), heads: newHeads };
}

function streamsOf(news: readonly NewEvent[]): StreamWork[] {
  const streams = new Map<string, { stream: Stream; key: string; news: NewEvent[] }>();
  for (const one of news) {
    const stream = streamOf(one.event);
    if (!stream) continue;
    const key = streamKey(stream);
    const known = streams.get(key);
    if (known) known.news.push(one);
    else streams.set(key, { stream, key, news: [one] });
  }
  for (const { news: own } of streams.values()) own.sort(inOrder);
  return [...streams.values()];
}

const NOTHING_AROUND: ReadonlyMap<string, Around> = new Map();

interface Around {
  readonly before: SessionState | null;
  /** The first of what is stored behind the first new event, `limit` at the most. */
  readonly after: readonly Neighbour[];
  readonly limit: number;
}

async function readAround(tx: SqlExecutor, work: readonly StreamWork[]): Promise<ReadonlyMap<string, Around>> {
  const around = new Map<string, Around>();
  const firstLook = Math.min(PAGE, Math.ceil(FIRST_LOOK / work.length));
  for (const by of ['session', 'visitor'] as const) {
    const own = work.filter(({ stream }) => stream.by === by);
    const places = own.flatMap(({ stream, news: [first] }) => (first ? [placeOf(stream, first)] : []));
    const before = await findEventsBefore(tx, by, places, SESSION_SILENCE_MS);
    const after = await findEventsAfter(tx, by, places, firstLook);
    const near = own.map(() => ({ before: null as SessionState | null, after: [] as Neighbour[] }));
    for (const event of before) near[event.place] = { before: storedSession(event), after: [] };
    for (const event of after) near[event.place]?.after.push(event);
    for (const [at, { key }] of own.entries()) {
      around.set(key, { ...(near[at] ?? { before: null, after: [] }), limit: firstLook });
    }
  }
  return around;
}

/** Revised attribution, written as it comes: a long session need not fit into memory. */
class Revisions {
  private readonly waiting: SessionAttribution[] = [];
  private written = 0;

  constructor(private readonly tx: SqlExecutor) {}

  async add(revised: SessionAttribution): Promise<void> {
    this.waiting.push(revised);
    if (this.waiting.length >= REVISED_AT_ONCE) await this.finish();
  }

  /** Answers how many rows were revised in all. */
  async finish(): Promise<number> {
    this.written += await reviseAttribution(this.tx, this.waiting.splice(0));
    return this.written;
  }
}

const REVISED_AT_ONCE = 1_000;

interface Walk {
  readonly sessions: Map<string, SessionState>;
  readonly revisions: Revisions;
  readonly readTouch: (event: EnrichmentEvent) => SessionEvent['touch'];
}

/** Answers where the stream stands at its newest event; null when the walk ended before it. */
async function walk(
  tx: SqlExecutor,
  work: StreamWork,
  { before, after, limit }: Around,
  out: Walk,
): Promise<SessionState | null> {
  const { stream, news } = work;
  const ownHosts = news[0]?.ownHosts ?? new Set();
  let state = before;
  let page = after;
  let pageSize = limit;
  let next = 0;
  for (;;) {
    const lastOfPage = page.length === pageSize ? page.at(-1) : undefined;
    for (const stored of page) {
      for (let event = news[next]; event && inOrder(event, stored) < 0; event = news[next]) {
        state = sessionAfter(state, event, ownHosts);
        out.sessions.set(event.id, state);
        next += 1;
      }
      const session = sessionAfter(state, { ...stored, touch: out.readTouch(stored) }, ownHosts);
      if (!isSameSession(session, storedSession(stored)))
        await out.revisions.add(sessionAttribution(stored.id, session));
      else if (next === news.length) return null;
      state = session;
    }
    if (!lastOfPage) break;
    pageSize = PAGE;
    const behind = placeOf(stream, lastOfPage);
    page = await inIndexOrder(tx, () => findEventsAfter(tx, stream.by, [behind], PAGE));
  }
  for (const event of news.slice(next)) {
    state = sessionAfter(state, event, ownHosts);
    out.sessions.set(event.id, state);
  }
  return state;
}

const placeOf = (stream: Stream, { id, occurredAtMs }: { id: string; occurredAtMs: number }): StreamPlace => ({
  ...stream,
  id,
  occurredAtMs,
});
