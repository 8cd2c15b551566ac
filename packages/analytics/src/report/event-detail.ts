import type { EventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import {
  findEventDetail,
  findSessionNeighbours,
  type StoredEventDetail,
  type StoredNeighbour,
} from '@tallymark/prisma/stores/report-event';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import { ReportError } from './report-error.ts';
import { foundEvents, unmarked } from './search-rows.ts';

const NEIGHBOURS_EACH_SIDE = 20;

/** One event of a site. @throws ReportError `unknown_event` where the site has none of the id */
export async function askEventDetail(deps: ReportDeps, siteId: string, id: string): Promise<EventDetailAnswer> {
  const { stored, near } = await deps.reports.answer('events.byId', async (db) => {
    const stored = await findEventDetail(db, siteId, id);
    return { stored, near: stored ? await neighboursOf(db, siteId, stored) : [] };
  });
  const [event] = stored ? foundEvents(deps, [stored]) : [];
  if (!stored || !event) throw new ReportError('unknown_event', `The site has no event ${id}.`);
  const { attribution, session, snapshot, touch } = stored;
  return {
    siteId,
    event: {
      ...event,
      storedProps: unmarked(stored.props),
      sent: stored.sent,
      createdAt: stored.createdAt.toISOString(),
      idempotencyKey: stored.idempotencyKey,
      correlationId: stored.correlationId,
      clientVersion: stored.clientVersion,
      retentionExempt: stored.retentionExempt,
    },
    duplicate: duplicateOf(stored),
    attribution: attribution && { ...attribution, updatedAt: new Date(attribution.updatedAt).toISOString() },
    session: session && { ...session, endedAt: stored.sessionEndedAt?.toISOString() ?? null },
    snapshot,
    touch,
    neighbours: { before: inShort(near, true), after: inShort(near, false) },
  };
}

async function neighboursOf(db: ReportReader, siteId: string, event: StoredEventDetail): Promise<StoredNeighbour[]> {
  const { session, id, occurredAt } = event;
  if (session === null) return [];
  const place = { siteId, sessionId: session.id, sessionStartedAt: new Date(session.startedAt), occurredAt, id };
  return findSessionNeighbours(db, place, NEIGHBOURS_EACH_SIDE);
}

function duplicateOf(event: StoredEventDetail): EventDetailAnswer['duplicate'] {
  if (!event.isDuplicate) return null;
  const { duplicateOf, markedAt, markedBy } = event;
  return { duplicateOf, markedAt: markedAt?.toISOString() ?? null, runId: markedBy };
}

const inShort = (near: readonly StoredNeighbour[], before: boolean) =>
  near
    .filter((event) => event.before === before)
    .map(({ before: _side, occurredAt, ...event }) => ({ ...event, occurredAt: occurredAt.toISOString() }));
