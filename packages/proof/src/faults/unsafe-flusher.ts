import { type FlushBatch, readBatch } from '@tallymark/analytics/ingest/flush-shard';
import { PartitionKeeper } from '@tallymark/analytics/ingest/partition-keeper';
import { storeRows } from '@tallymark/analytics/ingest/store-rows';
import { parseSettings } from '@tallymark/contract/settings';
import { createPrisma, type PrismaTransaction } from '@tallymark/prisma/client';
import { advanceCheckpoint, type FlushedCounts, listCheckpoints } from '@tallymark/prisma/stores/checkpoints';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { connectRedis, redisReady } from '@tallymark/redis/connect';
import { EventBuffer } from '@tallymark/redis/event-buffer';

// Negative control: flushes each shard once, with the checkpoint in a second transaction. With HOLD it stops between the
// two for ever, so that a test can kill it there. RANDOM_IDS takes the unique ids away too.
const settings = parseSettings(process.env);
const prisma = createPrisma({ databaseUrl: settings.DATABASE_URL, maxConnections: 2, applicationName: 'unsafe' });
const redis = connectRedis({ url: settings.REDIS_URL, prefix: settings.REDIS_PREFIX, name: 'unsafe' });
await redisReady(redis, 5_000);
const buffer = new EventBuffer(redis);
const randomIds = process.env.RANDOM_IDS === 'true';

for (const from of await listCheckpoints(prisma)) {
  const batch = await readBatch(buffer, from, settings.TRACKING_MAX_CATCH_UP_BATCH);
  const last = batch?.entries.at(-1);
  if (!batch || !last) continue;
  await new PartitionKeeper(prisma).makeRoomFor(batch.rows);
  await prisma.$transaction(async (tx) => advanceCheckpoint(tx, from, from, await store(tx, batch)));
  console.log('between the transactions');
  if (process.env.HOLD === 'true') await new Promise(() => {});
  await prisma.$transaction((tx) => advanceCheckpoint(tx, from, { entryId: last.id, nonce: last.nonce }, nothing()));
}
redis.disconnect();
await prisma.$disconnect();

function nothing() {
  const counts = { received: 0, accepted: 0, duplicates: 0, sampled: 0, stored: 0, aggregated: 0 };
  return { ...counts, merged: 0, deadLettered: 0, rejected: {} as Record<string, number> };
}

async function store(tx: PrismaTransaction, { rows, entries, aggregateCount }: FlushBatch): Promise<FlushedCounts> {
  if (aggregateCount > 0) throw new Error('This flusher knows no aggregates.');
  const stored = randomIds ? rows.map((row) => ({ ...row, id: uuidV7(Date.parse(row.occurredAt)) })) : rows;
  const counts = nothing();
  for (const { kind } of await storeRows(tx, stored)) {
    if (kind !== 'stored' && kind !== 'merged') throw new Error(`Nothing here should be ${kind}.`);
    counts[kind] += 1;
  }
  for (const { totals, rejectedByReason } of entries) {
    for (const column of ['received', 'accepted', 'duplicates', 'sampled'] as const) counts[column] += totals[column];
    for (const [reason, n] of Object.entries(rejectedByReason)) {
      counts.rejected[reason] = (counts.rejected[reason] ?? 0) + n;
    }
  }
  return counts;
}
