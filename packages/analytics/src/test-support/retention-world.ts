import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import type { Prisma } from '@tallymark/prisma/generated';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { ProjectionService } from '../project/service.ts';
import type { RetentionOptions } from '../retain/config.ts';
import { RetentionService } from '../retain/service.ts';
import { type IngestionWorld, LOG, openWorld } from './ingestion-world.ts';

export interface RetentionWorld extends IngestionWorld {
  readonly archiveDir: string;
  /** Months go after 13 months; no archive unless asked for. */
  retention(config?: Partial<RetentionOptions>): RetentionService;
  /** Makes facts of whatever is new, enriched or not; no read model is folded from them. */
  fold(): Promise<void>;
  /** Stores events at these times, with attribution each, makes room for them and folds. Returns their ids. */
  store(times: readonly string[], more?: Partial<Prisma.EventCreateManyInput>): Promise<string[]>;
  ids(): Promise<string[]>;
  partitions(): Promise<string[]>;
}

export async function openRetentionWorld(): Promise<RetentionWorld> {
  const world = await openWorld();
  const archiveDir = await mkdtemp(join(tmpdir(), 'tallymark-archive-'));
  const { prisma } = world;
  const facts = new ProjectionService({
    prisma,
    plan: demoPlan,
    log: LOG,
    now: () => world.clock.now,
    enrichmentPatienceMs: null,
    projections: [],
  });
  const fold = () => facts.catchUp();
  return {
    ...world,
    archiveDir,
    fold,
    retention: (config) =>
      new RetentionService({
        prisma,
        databaseUrl: world.databaseUrl,
        log: LOG,
        now: () => world.clock.now,
        config: { cleanupOlderThan: { months: 13 }, archiveDir: null, patienceMs: 2_000, ...config },
      }),
    store: async (times, more) => {
      await ensurePartitions(
        prisma,
        times.map((time) => new Date(time)),
      );
      const data = times.map((time) => eventAt(time, more));
      await prisma.event.createManyAndReturn({ data, select: { id: true } });
      await prisma.attribution.createMany({ data: data.map(({ id }) => ({ eventId: id, browser: 'Firefox' })) });
      await fold();
      return data.map(({ id }) => id).sort();
    },
    ids: async () => {
      const rows = await prisma.event.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
      return rows.map(({ id }) => id);
    },
    partitions: async () => {
      const rows = await prisma.$queryRaw<{ name: string }[]>`
        SELECT relname AS name FROM pg_class
        WHERE relkind = 'r' AND relname ~ '^(events|attribution)_[0-9]{4}_[0-9]{2}$' ORDER BY 1`;
      return rows.map(({ name }) => name);
    },
    [Symbol.asyncDispose]: async () => {
      await rm(archiveDir, { recursive: true, force: true });
      await world[Symbol.asyncDispose]();
    },
  };
}

export function eventAt(time: string, more?: Partial<Prisma.EventCreateManyInput>) {
  const row = { id: uuidV7(Date.parse(time)), eventType: 'page_viewed', siteId: DEFAULT_SITE_ID, occurredAt: time };
  return { ...row, entityId: randomUUID(), ...more, id: more?.id ?? row.id };
}

/** Leaves nothing to count of what the transaction has written, as if it had been folded already. */
export async function takeAsCounted(tx: SqlExecutor): Promise<void> {
  await tx.$executeRaw`DELETE FROM event_log`;
  await tx.$executeRaw`DELETE FROM enrichment_backlog`;
}
