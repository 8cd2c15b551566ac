import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { marksOf, repeatable, storeAll } from '../test-support/deduplication-world.ts';
import { NOW, openWorld, whileHeld } from '../test-support/ingestion-world.ts';
import { EventDeduplicationService } from './service.ts';

const PROCESS = fileURLToPath(new URL('../test-support/deduplication-process.ts', import.meta.url));

test('a run that is killed inside a window leaves whole windows, and the next one ends where it would have', async () => {
  await using world = await openWorld();
  await (await world.service()).shutdown();
  const { prisma, redis, databaseUrl } = world;
  const service = new EventDeduplicationService(prisma, redis, { now: () => NOW });
  // A heartbeat across everything, so that each window needs what the one before it decided.
  const beats = Array.from({ length: 400 }, (_, n) => repeatable(60_000 + 900 * (400 - n)));
  await storeAll(prisma, beats);
  const repeats = new Map(beats.flatMap(({ id }, n) => (n % 2 === 1 ? [[id, beats[n - 1]?.id ?? '']] : [])));
  const held = beats[201]?.id;

  await whileHeld(world, `SELECT FROM events WHERE id = '${held}' FOR UPDATE`, async () => {
    const args = [PROCESS, databaseUrl, NOW.toISOString(), '24', '30'];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    await eventually(
      async () => {
        const [{ waiting } = { waiting: false }] = await prisma.$queryRaw<{ waiting: boolean }[]>`
          SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'tallymark-deduplication' AND wait_event_type = 'Lock') AS waiting`;
        return waiting;
      },
      { timeoutMs: 20_000 },
    );
    expect(await service.getDeduplicationStats()).toMatchObject({ running: true });
    child.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  const half = await marksOf(prisma);
  const { runs } = await eventually(async () => {
    const stats = await service.getDeduplicationStats();
    return stats.running ? false : stats;
  });
  expect(half.size).toBeGreaterThan(50);
  expect(half.size).toBeLessThan(150);
  expect(runs).toMatchObject([{ marked: half.size, finishedAt: null, error: null, doneTo: expect.any(Date) }]);

  const rest = repeats.size - half.size;
  expect(await service.runDatabaseDeduplication(24, { windowRows: 37 })).toMatchObject({ marked: rest, unmarked: 0 });
  expect(await marksOf(prisma)).toEqual(repeats);
});
