import type { EventRow } from '@tallymark/contract/event-row';
import { eventRows } from './event-rows.ts';
import { USER_AGENTS } from './load-generator.ts';

/** Visitors at a time, each with a visit of `VISIT` events on average. */
const VISITORS = 1_500;
const VISIT = 15;
const CAMPAIGNS = [
  { referrer: 'https://www.google.com/', landingPage: 'https://studio.example/' },
  { utmSource: 'newsletter', utmMedium: 'email', utmCampaign: 'spring', landingPage: 'https://studio.example/spring' },
  { utmSource: 'google', utmMedium: 'cpc', utmCampaign: 'brand', clickIds: { gclid: 'Cj0KCQjw' } },
  {},
] as const;

/** Rows as `eventRows`, in visits that come and go: an event in fifteen begins one, with a touch of its own. */
export function* visits(start: Date): Generator<EventRow, never> {
  const rows = eventRows(start);
  const visitors = Array.from({ length: VISITORS }, (_, at) => visit(at));
  for (let order = VISITORS; ; order += 1) {
    const at = Math.floor(Math.random() * VISITORS);
    const isNew = Math.random() < 1 / VISIT;
    if (isNew) visitors[at] = visit(order);
    const { sessionId, visitorId, userAgent, touchJson } = visitors[at] ?? visit(order);
    yield { ...rows.next().value, sessionId, visitorId, userAgent, touchJson: isNew ? touchJson : undefined };
  }
}

function visit(order: number) {
  return {
    sessionId: `visit-${order}`,
    visitorId: `visitor-${order}`,
    userAgent: USER_AGENTS[order % USER_AGENTS.length] ?? '',
    touchJson: CAMPAIGNS[order % CAMPAIGNS.length] ?? {},
  };
}
