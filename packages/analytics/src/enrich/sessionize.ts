import type { Channel, SessionContext } from '@tallymark/contract/attribution';
import { classifyChannel } from './channel.ts';
import { changesCampaign, type EventTouch } from './traffic-source.ts';

/** A session ends after this much silence. The usual length in web analytics. */
export const SESSION_SILENCE_MS = 30 * 60_000;

/** No person's session lasts longer; a program that never falls silent must not make one without an end. */
export const LONGEST_SESSION_MS = 24 * 60 * 60_000;

/** An event as far as its session is concerned. */
export interface SessionEvent {
  readonly id: string;
  readonly occurredAtMs: number;
  readonly touch: EventTouch;
}

/** A session as it stands after one of its events. All that is needed to go on from there. */
export interface SessionState {
  /** Id of the session's first event. */
  readonly id: string;
  readonly startedAtMs: number;
  /** The event it stands at. */
  readonly lastId: string;
  readonly lastAtMs: number;
  /** Events so far. */
  readonly sequence: number;
  /** The first touch that said anything; null as long as no event did. */
  readonly touch: EventTouch | null;
  readonly channel: Channel;
  readonly referrerDomain: string | null;
}

/** The order in which a visitor's events count, whatever order they came in. */
export function inOrder(a: { occurredAtMs: number; id: string }, b: { occurredAtMs: number; id: string }): number {
  return a.occurredAtMs - b.occurredAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * The session that `event` belongs to, `before` being the session of the event ahead of it. A session ends after half an
 * hour of silence, after a day, and when the campaign changes; a session that knew of no touch yet takes the first one it meets.
 */
export function sessionAfter(
  before: SessionState | null,
  event: SessionEvent,
  ownHosts: ReadonlySet<string>,
): SessionState {
  const touch = isEmpty(event.touch) ? null : event.touch;
  if (before === null || endsBefore(before, event)) {
    return {
      id: event.id,
      startedAtMs: event.occurredAtMs,
      lastId: event.id,
      lastAtMs: event.occurredAtMs,
      sequence: 1,
      ...firstTouch(touch, ownHosts),
    };
  }
  const counted = { lastId: event.id, lastAtMs: event.occurredAtMs, sequence: before.sequence + 1 };
  return before.touch === null && touch !== null
    ? { ...before, ...counted, ...firstTouch(touch, ownHosts) }
    : { ...before, ...counted };
}

/** What `attribution.session_json` says of the event that the session stands at. */
export function contextOf(session: SessionState): SessionContext {
  return {
    id: session.id,
    startedAt: new Date(session.startedAtMs).toISOString(),
    durationMs: session.lastAtMs - session.startedAtMs,
    sequence: session.sequence,
  };
}

/** Where a touch comes from; of an event without a session, its own. */
export function firstTouch(
  touch: EventTouch | null,
  ownHosts: ReadonlySet<string>,
): Pick<SessionState, 'touch' | 'channel' | 'referrerDomain'> {
  return touch === null
    ? { touch, channel: 'direct', referrerDomain: null }
    : { touch, ...classifyChannel(touch, ownHosts) };
}

export function isEmpty(touch: EventTouch): boolean {
  return Object.values(touch).every((value) => value === null);
}

function endsBefore(session: SessionState, event: SessionEvent): boolean {
  if (event.occurredAtMs - session.lastAtMs > SESSION_SILENCE_MS) return true;
  if (event.occurredAtMs - session.startedAtMs >= LONGEST_SESSION_MS) return true;
  return session.touch !== null && changesCampaign(session.touch, event.touch);
}
