import { CHANNELS, type Channel, sessionContext } from '@tallymark/contract/attribution';
import type { SessionAttribution } from '@tallymark/prisma/stores/attribution';
import type { Neighbour } from '@tallymark/prisma/stores/enrichment-events';
import { contextOf, isEmpty, type SessionState } from './sessionize.ts';
import type { EventTouch } from './traffic-source.ts';

/** The session as the attribution of its event `stored` tells it; null where the event belongs to none. */
export function storedSession(stored: Neighbour): SessionState | null {
  const context = sessionContext.safeParse(stored.session);
  if (!context.success) return null;
  const touch = storedTouch(stored);
  return {
    id: context.data.id,
    startedAtMs: Date.parse(context.data.startedAt),
    lastId: stored.id,
    lastAtMs: stored.occurredAtMs,
    sequence: context.data.sequence,
    touch: isEmpty(touch) ? null : touch,
    channel: channelOf(stored.channel),
    referrerDomain: stored.referrerDomain,
  };
}

/** The session part of the attribution of the event that the session stands at. */
export function sessionAttribution(eventId: string, session: SessionState): SessionAttribution {
  return { eventId, sessionJson: contextOf(session), ...touchAttribution(session) };
}

/** What is written of a touch and of where it comes from. */
export function touchAttribution({
  touch,
  channel,
  referrerDomain,
}: Pick<SessionState, 'touch' | 'channel' | 'referrerDomain'>): Omit<SessionAttribution, 'eventId' | 'sessionJson'> {
  return {
    landingPage: touch?.landingPage ?? null,
    referrer: touch?.referrer ?? null,
    referrerDomain,
    channel,
    utmSource: touch?.utmSource ?? null,
    utmMedium: touch?.utmMedium ?? null,
    utmCampaign: touch?.utmCampaign ?? null,
    utmContent: touch?.utmContent ?? null,
    utmTerm: touch?.utmTerm ?? null,
    clickIdsJson: touch?.clickIds ?? null,
  };
}

/** Whether two states of one event's session say the same. */
export function isSameSession(a: SessionState | null, b: SessionState | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.id === b.id &&
    a.startedAtMs === b.startedAtMs &&
    a.sequence === b.sequence &&
    a.channel === b.channel &&
    a.referrerDomain === b.referrerDomain &&
    isSameTouch(a.touch, b.touch)
  );
}

function isSameTouch(a: EventTouch | null, b: EventTouch | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.landingPage === b.landingPage &&
    a.referrer === b.referrer &&
    a.utmSource === b.utmSource &&
    a.utmMedium === b.utmMedium &&
    a.utmCampaign === b.utmCampaign &&
    a.utmContent === b.utmContent &&
    a.utmTerm === b.utmTerm &&
    sorted(a.clickIds) === sorted(b.clickIds)
  );
}

// jsonb keeps keys in an order of its own.
const sorted = (ids: EventTouch['clickIds']) => (ids === null ? '' : JSON.stringify(Object.entries(ids).sort()));

function storedTouch(stored: Neighbour): EventTouch {
  const { landingPage, referrer, utmSource, utmMedium, utmCampaign, utmContent, utmTerm } = stored;
  const clickIds = stored.clickIds as EventTouch['clickIds'];
  return { landingPage, referrer, utmSource, utmMedium, utmCampaign, utmContent, utmTerm, clickIds };
}

const channelOf = (text: string | null): Channel => CHANNELS.find((channel) => channel === text) ?? 'direct';
