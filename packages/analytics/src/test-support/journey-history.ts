import { randomUUID } from 'node:crypto';
import { DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import fc from 'fast-check';
import type { QuestionScope } from '../report/resolve-scope.ts';
import type { pageView } from './enrichment-world.ts';
import { NOW } from './ingestion-world.ts';
import type { ReportWorld } from './report-world.ts';

const MINUTE_MS = 60_000;
const CRAWLER = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const view = (path: string) => ({ eventType: 'page_viewed', schemaVersion: 2, propsJson: { path } });
const KINDS = [
  view('/a'),
  view('/a'),
  view('/b'),
  view('/b/1'),
  view('/c'),
  { eventType: 'page_viewed', schemaVersion: 1, propsJson: { url: '/b' } },
  { eventType: 'cta_clicked', schemaVersion: 1, propsJson: { ctaId: 'x' } },
  { eventType: 'cta_clicked', schemaVersion: 1, propsJson: { ctaId: 'y' } },
  { eventType: 'form_submitted', schemaVersion: 1, propsJson: { formId: 'x' } },
] as const;

/** Events of a few visitors, minutes after `NOW`; several of one moment, and of one visitor and session, are frequent. */
export const journeyEvents = (minutes: readonly number[], count: number) =>
  fc.array(
    fc.record({
      minutes: fc.constantFrom(...minutes),
      kind: fc.constantFrom(...KINDS),
      visitor: fc.constantFrom('anna', 'anna', 'ben', 'cleo', null),
      session: fc.constantFrom('one', 'one', 'two', null),
      campaign: fc.constantFrom('spring', 'autumn', null),
      bot: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: count },
  );
export type JourneyEvent = ReturnType<typeof journeyEvents> extends fc.Arbitrary<(infer Event)[]> ? Event : never;

/** An event as it is stored and attributed. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  /** Milliseconds. */
  readonly at: number;
  readonly visitor: string | null;
  readonly session: string | null;
  readonly page: string | null;
  readonly campaign: string;
  /** The id of a call to action. */
  readonly cta: string | null;
  readonly bot: boolean;
}

/** Records events on a site of their own; answers them as plain objects, in the order of time and id. */
export async function recordJourneys(world: ReportWorld, events: readonly JourneyEvent[]) {
  const siteId = randomUUID();
  await world.prisma.site.create({ data: { id: siteId, tenantId: DEFAULT_TENANT_ID, name: siteId } });
  const rows = events.map((event) => rowOf(siteId, event));
  // In two turns, so that they do not stand in the order of their ids.
  for (const turn of [1, 0]) await world.record(rows.filter((_, n) => n % 2 === turn));
  const stored = await world.prisma.event.findMany({ where: { siteId }, include: { attribution: true } });
  return {
    siteId,
    stored: stored.map(asStored).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)),
  };
}

type Row = ReturnType<typeof pageView>;

function rowOf(siteId: string, { minutes, kind, visitor, session, campaign, bot }: JourneyEvent): Row {
  const occurredAt = new Date(NOW.getTime() + minutes * MINUTE_MS);
  return {
    id: uuidV7(occurredAt.getTime()),
    siteId,
    occurredAt,
    ...kind,
    visitorId: visitor,
    // Two visitors do not share one.
    sessionId: session && `${visitor} ${session}`,
    touchJson: { utmCampaign: campaign ?? undefined },
    userAgent: bot ? CRAWLER : null,
  };
}

function asStored(row: {
  id: string;
  eventType: string;
  occurredAt: Date;
  visitorId: string | null;
  propsJson: unknown;
  attribution: { sessionJson: unknown; utmCampaign: string | null; isBot: boolean } | null;
}): StoredEvent {
  const { path, url, ctaId } = row.propsJson as { path?: string; url?: string; ctaId?: string };
  return {
    id: row.id,
    type: row.eventType,
    at: row.occurredAt.getTime(),
    visitor: row.visitorId,
    session: (row.attribution?.sessionJson as { id?: string } | null)?.id ?? null,
    page: path ?? url ?? null,
    cta: ctaId ?? null,
    campaign: row.attribution?.utmCampaign ?? '',
    bot: row.attribution?.isBot ?? false,
  };
}

/** Lists by key, in the order of their first; those without a key are left out. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | null): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** Events of a scope, but for its filter. */
export function inScope(events: readonly StoredEvent[], { from, to, bots }: QuestionScope): StoredEvent[] {
  return events.filter(
    ({ at, bot }) => at >= from.getTime() && at < to.getTime() && (bots === 'include' || (bots === 'only') === bot),
  );
}
