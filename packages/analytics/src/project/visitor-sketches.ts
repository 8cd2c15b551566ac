import type { PrismaClient } from '@tallymark/prisma/client';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import {
  AUDIENCES,
  claimDueDay,
  listForgottenDays,
  listMonthsToSketch,
  lockSketchMonth,
  lockSketchTables,
  readDaySketches,
  readDayVisitors,
  type SketchPeriod,
  saveSketch,
  settleDueDay,
} from '@tallymark/prisma/stores/visitor-sketches';
import { HyperLogLog } from '../report/hyperloglog.ts';
import { foldTransaction } from './fold-facts.ts';

const HASH_BYTES = 8;

/**
 * Makes the sketches of UTC days that are over and were counted anew, then those of months that are over. Each in a
 * transaction of its own, by any number of processes at once; what is left undone is found again the next time.
 * Returns how many days and months were made.
 */
export async function buildVisitorSketches(
  prisma: PrismaClient,
  { now, signal }: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<{ built: number }> {
  const today = now.toISOString().slice(0, 10);
  let built = 0;
  await sketchTransaction(prisma, (tx) => listForgottenDays(tx, today));
  while (!signal?.aborted && (await buildNextDay(prisma, today))) built += 1;
  if (signal?.aborted) return { built };
  for (const month of await listMonthsToSketch(prisma, today)) {
    if (signal?.aborted) break;
    if (await buildMonth(prisma, month)) built += 1;
  }
  return { built };
}

function sketchTransaction<Result>(prisma: PrismaClient, work: (tx: SqlExecutor) => Promise<Result>): Promise<Result> {
  return foldTransaction(prisma, async (tx) => {
    await lockSketchTables(tx);
    return work(tx);
  });
}

/** False when no day is left that is not another's. */
function buildNextDay(prisma: PrismaClient, today: string): Promise<boolean> {
  return sketchTransaction(prisma, async (tx) => {
    const day = await claimDueDay(tx, today);
    if (day === null) return false;
    const visitors = await readDayVisitors(tx, day);
    // A month must not be made of this day's former sketch and be there after its removal below.
    await lockSketchMonth(tx, day);
    for (const { audience, hashes } of visitors) {
      const sketch = new HyperLogLog();
      sketch.addAll(hashes);
      const count = hashes.length / HASH_BYTES;
      await saveSketch(tx, { ...day, grain: 'day', audience, visitors: count, sketch: sketch.toBytes() });
    }
    await settleDueDay(tx, day);
    return true;
  });
}

/** False when there is nothing to do after all: a day was counted anew meanwhile, or another process has made it. */
function buildMonth(prisma: PrismaClient, month: SketchPeriod): Promise<boolean> {
  return sketchTransaction(prisma, async (tx) => {
    await lockSketchMonth(tx, month);
    const days = await readDaySketches(tx, month);
    if (days.length === 0) return false;
    for (const audience of AUDIENCES) {
      const union = new HyperLogLog();
      for (const day of days) if (day.audience === audience) union.merge(day.sketch);
      const visitors = Math.round(union.estimate());
      await saveSketch(tx, { ...month, grain: 'month', audience, visitors, sketch: union.toBytes() });
    }
    return true;
  });
}
