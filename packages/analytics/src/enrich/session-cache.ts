import { CHANNELS } from '@tallymark/contract/attribution';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import {
  type EnrichmentStanding,
  findCommitted,
  raiseSessionGeneration,
} from '@tallymark/prisma/stores/session-generation';
import type { RedisClient } from '@tallymark/redis/connect';
import { SessionHeads } from '@tallymark/redis/session-heads';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { SessionState } from './sessionize.ts';

const text = z.string().nullable();

const sessionState = z.object({
  id: z.string(),
  startedAtMs: z.number(),
  lastId: z.string(),
  lastAtMs: z.number(),
  sequence: z.number(),
  touch: z
    .object({
      utmSource: text,
      utmMedium: text,
      utmCampaign: text,
      utmContent: text,
      utmTerm: text,
      clickIds: z.record(z.string(), z.string()).nullable(),
      referrer: text,
      landingPage: text,
    })
    .nullable(),
  channel: z.enum(CHANNELS),
  referrerDomain: text,
});
/** A session and the transaction that has written it to Postgres too. */
const cachedSession = z.object({ xid: z.string(), session: sessionState });

export interface NewHeads {
  /** Where streams stand now. */
  readonly sessions: ReadonlyMap<string, SessionState>;
  /** What `read` answered in the same transaction. */
  readonly known: ReadonlyMap<string, SessionState>;
  readonly now: Date;
}

/**
 * The newest session of each stream, in Redis, so that an event that comes in order need not look for the one before it.
 * Postgres is the truth. A session is written inside the transaction that stores it, while the stream is locked, with that
 * transaction's id: it is believed only if the transaction was committed. Where it is not certain that Redis has what was
 * written (it is away, it came back, perhaps with older data), the generation in Postgres is raised in the same
 * transaction, and everything of an older generation is ignored.
 */
export class SessionCache {
  private readonly heads: SessionHeads;
  /** Redis may hold what is out of date since this process was last connected to it. */
  private suspect = true;
  private raising: Promise<void> | null = null;

  constructor(
    redis: RedisClient,
    private readonly log: Logger,
  ) {
    this.heads = new SessionHeads(redis);
    redis.on('ready', () => {
      this.suspect = true;
    });
  }

  /** Call it before a transaction of `read` and `write`. */
  async prepare(db: SqlExecutor): Promise<void> {
    while (this.suspect) {
      this.raising ??= this.raise(db).finally(() => {
        this.raising = null;
      });
      await this.raising;
    }
  }

  /** Where the streams stand, as far as Redis can be believed. */
  async read(
    tx: SqlExecutor,
    { generation }: EnrichmentStanding,
    streams: readonly string[],
  ): Promise<ReadonlyMap<string, SessionState>> {
    const texts = await this.heads.read(generation, streams).catch((error: unknown) => {
      this.log.debug({ err: error }, 'sessions are read from Postgres alone');
      return [];
    });
    // Redis may have come back with older data since the generation was read.
    if (this.suspect) return new Map();
    const found = texts.flatMap((json, at) => {
      const stream = streams[at];
      const cached = json === null || stream === undefined ? null : parse(json);
      return cached && stream !== undefined ? [{ stream, ...cached }] : [];
    });
    const committed = await findCommitted(tx, [...new Set(found.map(({ xid }) => xid))]);
    return new Map(found.flatMap(({ stream, xid, session }) => (committed.has(xid) ? [[stream, session]] : [])));
  }

  /** Call it while the streams are locked, in the transaction that writes the same to Postgres. */
  async write(
    tx: SqlExecutor,
    { generation, xid }: EnrichmentStanding,
    { sessions, known, now }: NewHeads,
  ): Promise<void> {
    const heads = new Map(
      [...sessions].map(([stream, session]) => [
        stream,
        { value: JSON.stringify({ xid, session }), known: known.has(stream) },
      ]),
    );
    try {
      await this.heads.write(generation, heads, now);
    } catch (error) {
      this.log.debug({ err: error }, 'sessions in Redis are ignored from now on');
      await raiseSessionGeneration(tx);
    }
  }

  private async raise(db: SqlExecutor): Promise<void> {
    // Cleared first: a connection that comes back meanwhile makes it suspect again.
    this.suspect = false;
    try {
      await raiseSessionGeneration(db);
    } catch (error) {
      this.suspect = true;
      throw error;
    }
  }
}

function parse(json: string): z.infer<typeof cachedSession> | null {
  try {
    return cachedSession.parse(JSON.parse(json));
  } catch {
    return null;
  }
}
