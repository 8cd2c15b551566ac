import type { JsonObject } from '@tallymark/contract/event-row';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { insertAttribution, type NewAttribution } from '@tallymark/prisma/stores/attribution';
import { type EnrichmentEvent, findEventsToEnrich } from '@tallymark/prisma/stores/enrichment-events';
import { raiseSessionGeneration, readStanding } from '@tallymark/prisma/stores/session-generation';
import { lockStreams } from '@tallymark/prisma/stores/stream-locks';
import { applyWriteLimits } from '@tallymark/prisma/stores/write-limits';
import type { EnrichDeps } from './enrich-deps.ts';
import { firstTouch, isEmpty, type SessionState } from './sessionize.ts';
import type { SiteHosts } from './site-hosts.ts';
import { sessionAttribution, touchAttribution } from './stored-session.ts';
import { streamKey, streamOf } from './stream.ts';
import { type FailedEvent, takeSnapshots } from './take-snapshots.ts';
import { readTouch } from './traffic-source.ts';
import { type NewEvent, workOutSessions } from './work-out-sessions.ts';

export interface EnrichedBatch {
  /** Events that have their attribution now and had none. */
  readonly enriched: number;
  /** Attribution of other events that late ones changed. */
  readonly revised: number;
  /** Had their attribution before. */
  readonly unchanged: number;
  /** Not stored: erased, removed by retention, or never there. */
  readonly missing: number;
  readonly failed: readonly FailedEvent[];
}

const APPLICATION_NAME = 'tallymark-enrich';
const LIMITS = { lockTimeoutMs: 20_000, statementTimeoutMs: 30_000, idleInTransactionTimeoutMs: 15_000 };
/** Long enough for a late event that revises a whole day of a program that never falls silent. */
const TRANSACTION = { maxWait: 10_000, timeout: 300_000 };

/** Enriches a batch in one transaction: attribution, revisions and backlog change together, or not at all. */
export async function enrichBatch(deps: EnrichDeps, ids: readonly string[]): Promise<EnrichedBatch> {
  const { prisma, cache, hosts } = deps;
  const stored = await findEventsToEnrich(prisma, ids);
  const fresh = stored.filter(({ enriched }) => !enriched);
  // A host's readers may take their time: no lock is held meanwhile.
  const { snapshots, failed } = await takeSnapshots(deps, fresh);
  const failedIds = new Set(failed.map(({ id }) => id));
  const ready = await asNewEvents(
    hosts,
    fresh.filter(({ id }) => !failedIds.has(id)),
  );
  await cache?.prepare(prisma);
  const done = ids.filter((id) => !failedIds.has(id));
  const written = await deps.writers.run(() =>
    prisma.$transaction(async (tx) => {
      await applyWriteLimits(tx, LIMITS, APPLICATION_NAME);
      return write(deps, tx, { ready, snapshots, done });
    }, TRANSACTION),
  );
  return {
    ...written,
    unchanged: stored.length - failed.length - written.enriched,
    missing: new Set(ids).size - stored.length,
    failed,
  };
}

interface Prepared {
  readonly ready: readonly NewEvent[];
  readonly snapshots: ReadonlyMap<string, JsonObject>;
  /** Ids that are off the backlog afterwards. */
  readonly done: readonly string[];
}

async function write(deps: EnrichDeps, tx: SqlExecutor, { ready, snapshots, done }: Prepared) {
  const streams = [...new Set(ready.flatMap(({ event }) => streamOf(event) ?? []).map(streamKey))];
  await lockStreams(tx, streams);
  const standing = await readStanding(
    tx,
    ready.map(({ id }) => id),
  );
  // Another job may have enriched some while this one waited for the streams.
  const news = ready.filter(({ id }) => !standing.enriched.has(id));
  const known = (await deps.cache?.read(tx, standing, streams)) ?? new Map<string, SessionState>();
  const { sessions, revised, heads } = await workOutSessions(tx, news, known, touchOf);
  const rows = news.map((one) => toAttribution(deps, one, sessions.get(one.id) ?? null, snapshots.get(one.id) ?? null));
  const enriched = await insertAttribution(tx, rows, done);
  if (deps.cache) await deps.cache.write(tx, standing, { sessions: heads, known, now: deps.now() });
  // Other workers may have what they hold in Redis.
  else if (streams.length > 0) await raiseSessionGeneration(tx);
  return { enriched, revised };
}

async function asNewEvents(hosts: SiteHosts, events: readonly EnrichmentEvent[]): Promise<NewEvent[]> {
  const hostsOf = await hosts.of(events.map(({ siteId }) => siteId));
  return events.map((event) => ({
    id: event.id,
    occurredAtMs: event.occurredAtMs,
    touch: touchOf(event),
    event,
    ownHosts: hostsOf(event.siteId),
  }));
}

function touchOf({ touch, path, url, pageReferrer }: EnrichmentEvent) {
  return readTouch({ touch, path, url, referrer: pageReferrer });
}

function toAttribution(
  { traits }: EnrichDeps,
  { event, touch, ownHosts }: NewEvent,
  session: SessionState | null,
  snapshotJson: JsonObject | null,
): NewAttribution {
  const source = session
    ? sessionAttribution(event.id, session)
    : {
        eventId: event.id,
        sessionJson: null,
        ...touchAttribution(firstTouch(isEmpty(touch) ? null : touch, ownHosts)),
      };
  return { ...traits.read(event.userAgent, event.clientHints), ...source, snapshotJson };
}
