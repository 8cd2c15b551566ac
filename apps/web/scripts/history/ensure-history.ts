import { ingestionOptionsFrom } from '@tallymark/analytics/ingest/config';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { demoPlan } from '@tallymark/contract/demo-plan';
import type { Settings } from '@tallymark/contract/settings';
import type { PrismaClient } from '@tallymark/prisma/client';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { connectRedis } from '@tallymark/redis/connect';
import { loadHistory } from './load-history.ts';
import { makeHistory } from './make-history.ts';
import type { Owner } from './owners-day.ts';

const SEED = 20_261_123;
const MINUTE_MS = 60_000;

interface Options {
  readonly settings: Settings;
  readonly owners: readonly Owner[];
  readonly now: Date;
  readonly report: (line: string) => void;
}

/** Gives the studio its last 30 days, once. A load that was broken off is completed, with the same events. */
export async function ensureHistory(prisma: PrismaClient, { settings, owners, now, report }: Options): Promise<void> {
  const minute = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);
  const { until, completedAt } = await prisma.demoHistory.upsert({
    where: { seed: SEED },
    create: { seed: SEED, until: minute },
    update: {},
  });
  if (completedAt !== null) return;
  const assets = await prisma.ipAsset.findMany({ where: { status: { not: 'draft' } }, orderBy: { createdAt: 'asc' } });
  const history = makeHistory({ seed: SEED, until, assets, owners });
  const log = createLogger({ level: settings.LOG_LEVEL, name: 'demo-data' });
  const redis = connectRedis({
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    name: 'tallymark-demo-data',
    onError: (error) => report(`redis: ${error.message}`),
  });
  // The worker flushes, enriches and folds.
  const eventIngestion = new EventIngestionService(prisma, redis, null, {
    ...ingestionOptionsFrom(settings),
    plan: demoPlan,
    snapshotReaders,
    log,
    runFlusher: false,
  });
  try {
    await loadHistory({ prisma, eventIngestion, report }, history);
    await prisma.demoHistory.update({ where: { seed: SEED }, data: { completedAt: new Date() } });
  } finally {
    await eventIngestion.shutdown();
    redis.disconnect();
  }
}
