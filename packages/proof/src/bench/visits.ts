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

/**
 * Rows as `eventRows`, in visits that come and go: an event in fifteen begins one, with a touch of its own. A shard of the
 * buffer has visits of its own.
 */
export function* visits(start: Date, shard: number): Generator<EventRow, never> {
  const rows = eventRows(start);
  const visit = (order: number) => visitOf(`${shard}-${order}`, order);
  const visitors = Array.from({ length: VISITORS }, (_, at) => visit(at));
  for (let order = VISITORS; ; order += 1) {
    const at = Math.floor(Math.random() * VISITORS);
    const isNew = Math.random() < 1 / VISIT;
    if (isNew) visitors[at] = visit(order);
    const { sessionId, visitorId, userAgent, touchJson } = visitors[at] ?? visit(order);
    const row = rows.next().value;
    const entityId = asUuid(row.entityId ?? '');
    yield { ...row, entityId, sessionId, visitorId, userAgent, touchJson: isNew ? touchJson : undefined };
  }
}

/** 32 hexadecimal digits, hyphenated. */
const asUuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function visitOf(name: string, order: number) {
  return {
    sessionId: `visit-${name}`,
    visitorId: `visitor-${name}`,
    userAgent: USER_AGENTS[order % USER_AGENTS.length] ?? '',
    touchJson: CAMPAIGNS[order % CAMPAIGNS.length] ?? {},
  };
}
