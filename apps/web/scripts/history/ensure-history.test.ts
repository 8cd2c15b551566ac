import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { connectRedis } from '@tallymark/redis/connect';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { pino } from 'pino';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../demo-data.ts', import.meta.url));
const TEST_MS = 120_000;
const FLUSH_MS = 60_000;
const SALT = 'a salt of the tests';

it(
  'loads the history once; the second start adds nothing, and completes one that was broken off',
  async () => {
    await using database = await cloneDatabase();
    await using redis = await testRedis();
    const fill = async () => {
      const { stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', SCRIPT], {
        env: {
          PATH: process.env.PATH,
          ...{ NODE_ENV: 'test', DATABASE_URL: database.url, ADMIN_PASSWORD: 'a-password-for-this-test' },
          ...{ REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, TRACKING_HASH_SALT: SALT },
        },
      });
      return stderr;
    };
    const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 2, applicationName: 'history-test' });
    const connection = connectRedis({ url: redis.url, prefix: redis.prefix, name: 'history-test' });
    const ingestion = new EventIngestionService(prisma, connection, null, {
      ...{ plan: demoPlan, hashSalt: SALT, runFlusher: false, log: pino({ level: 'silent' }) },
    });
    try {
      const [, added, made] = /history: (\d+) of (\d+) events added/.exec(await fill()) ?? [];
      expect(added).toBe(made);
      await ingestion.forceFlush(FLUSH_MS);
      expect(await prisma.event.count()).toBe(Number(made));
      expect(await prisma.license.count({ where: { licensee: 'Kiosk Brewing' } })).toBeGreaterThan(1);

      expect(await fill()).not.toContain('history');
      // As a start that was killed before its end leaves it.
      await prisma.demoHistory.updateMany({ data: { completedAt: null } });
      expect(await fill()).toContain(`history: 0 of ${made} events added`);
      await ingestion.forceFlush(FLUSH_MS);
      expect(await prisma.event.count()).toBe(Number(made));
      expect(await prisma.deadLetter.count()).toBe(0);
    } finally {
      await ingestion.shutdown();
      connection.disconnect();
      await prisma.$disconnect();
    }
  },
  TEST_MS,
);
