import { expect, test } from 'vitest';
import { ROUNDS } from './chance.ts';
import { expectFreshEventAccepted, type Stage, underLoad } from './under-load.ts';
import { READY } from './world.ts';

const TIMEOUT_MS = 60_000 + ROUNDS * 20_000;

async function rounds({ client }: Stage, strike: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await strike();
    await expectFreshEventAccepted(client);
    await client.untilMoment();
  }
}

test(
  'the web process is killed',
  () =>
    underLoad('kill web', {}, async (stage) => {
      await rounds(stage, async () => {
        expect(await stage.web.kill()).toBe(true);
        await stage.web.start(READY.web);
      });
    }),
  TIMEOUT_MS,
);

test(
  'the flusher is killed',
  () =>
    underLoad('kill flusher', {}, async (stage) => {
      await rounds(stage, async () => {
        expect(await stage.flusher.kill()).toBe(true);
        await stage.client.untilMoment();
        await stage.flusher.start(READY.flusher);
      });
    }),
  TIMEOUT_MS,
);

test(
  'one of two flushers is killed again and again',
  () =>
    underLoad('kill one of two flushers', {}, async (stage) => {
      const second = stage.world.flusher('second-flusher');
      await second.start(READY.flusher);
      await rounds(stage, async () => {
        expect(await second.kill()).toBe(true);
        await second.start(READY.flusher);
      });
      expect(stage.flusher.exit).toBeUndefined();
    }),
  TIMEOUT_MS,
);

test(
  'Redis is killed and comes back with its files',
  () =>
    // Events of aggregated types have no way in while Redis is away.
    underLoad('kill Redis', { aggregated: false }, async (stage) => {
      const { redis } = stage.world.services;
      await rounds(stage, async () => {
        stage.client.ledger.append({ kind: 'fault', what: 'Redis killed' });
        await redis.crash();
        await stage.client.untilMoment();
        await redis.restart();
      });
    }),
  TIMEOUT_MS,
);

test(
  'Redis is killed and restarted at once: events of aggregated types wait for it and count once',
  () =>
    underLoad('kill Redis, aggregated', { aggregated: true }, async (stage) => {
      const { redis } = stage.world.services;
      await rounds(stage, async () => {
        stage.client.ledger.append({ kind: 'fault', what: 'Redis killed' });
        await redis.crash();
        await redis.restart();
      });
    }),
  TIMEOUT_MS,
);

test(
  'Postgres is killed and recovers',
  () =>
    underLoad('kill Postgres', {}, async (stage) => {
      const { postgres } = stage.world.services;
      await rounds(stage, async () => {
        await postgres.crash();
        await stage.client.untilMoment();
        await postgres.restart();
      });
    }),
  TIMEOUT_MS,
);

test(
  'both stores are killed: refusals say when to come back, and what comes back is taken',
  () =>
    underLoad('kill Redis and Postgres', {}, async (stage) => {
      const { postgres, redis } = stage.world.services;
      await rounds(stage, async () => {
        stage.client.ledger.append({ kind: 'fault', what: 'both stores killed' });
        await Promise.all([redis.crash(), postgres.crash()]);
        await stage.client.untilRefused();
        await Promise.all([redis.restart(), postgres.restart()]);
      });
    }),
  TIMEOUT_MS,
);
