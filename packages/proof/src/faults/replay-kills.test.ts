import { join } from 'node:path';
import { eventually } from '@tallymark/testing/eventually';
import pg from 'pg';
import { expect, test } from 'vitest';
import { type AccessLog, writeAccessLog } from './access-log.ts';
import { type Chance, chanceFor, ROUNDS } from './chance.ts';
import type { Program } from './program.ts';
import { createWorld, READY, type World } from './world.ts';

const TIMEOUT_MS = 90_000 + ROUNDS * 20_000;
const ROWS_WAIT_MS = 30_000;
/** A run that is broken off is run again; one that cannot be finished within so many runs never is. */
const MOST_RUNS = 3 + ROUNDS;

interface Replaying {
  readonly world: World;
  readonly replay: Program;
  readonly flusher: Program;
  /** Waits until the rows have grown to a random share of what one round may take. */
  untilMoment(round: number): Promise<void>;
}

async function query<Row extends object>({ services }: World, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: services.databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function storedCounts(world: World): Promise<Record<string, number>> {
  const rows = await query<{ key: string; n: number }>(
    world,
    `SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') || ' ' || (props_json->>'status') AS key,
            sum(count)::int AS n
     FROM events GROUP BY key`,
  );
  return Object.fromEntries(rows.map(({ key, n }) => [key, n]));
}

async function finishReplay(replay: Program): Promise<void> {
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    if (replay.exit) await replay.start();
    if ((await replay.ended()).code === 0) return;
  }
  throw new Error(`The replay did not end well in ${MOST_RUNS} runs. ${replay.lastWords}`);
}

async function expectReplayed(world: World, replay: Program, file: AccessLog): Promise<void> {
  expect(await storedCounts(world)).toEqual(file.counts);
  // And once more: nothing is added, and the run's ledger balances.
  await replay.start();
  expect(await replay.ended()).toEqual({ code: 0, signal: null });
  const ledger = JSON.parse(replay.output.split('\n').find((line) => line.startsWith('{"lines"')) ?? '{}');
  const received = file.lines - file.bad;
  expect(ledger).toMatchObject({ lines: file.lines, bad: file.bad, received, rejected: 0, sampled: 0, stored: 0 });
  expect(ledger).toMatchObject({ deadLettered: 0, buffered: 0, balanced: true });
  expect(ledger.duplicate + ledger.merged).toBe(received);
  expect(await storedCounts(world)).toEqual(file.counts);
  const stats = await world.drained();
  expect(stats.ledger).toMatchObject({ balanced: true, stored: received, aggregated: 0, deadLettered: 0 });
}

async function duringReplay(scenario: string, strike: (replaying: Replaying, chance: Chance) => Promise<void>) {
  const chance = chanceFor(scenario);
  await using world = await createWorld();
  const file = writeAccessLog(join(world.folder, 'access.log'), chance);
  const flusher = world.flusher();
  await flusher.start(READY.flusher);
  const replay = world.program('replay', ['jobs/replay/main.ts', file.path, '--json']);
  const share = Math.floor((file.lines * 0.8) / ROUNDS);
  const untilMoment = async (round: number) => {
    const target = round * share + chance.between(1, share);
    const grown = async () => {
      if (replay.exit) throw new Error(`The replay was over before the fault. ${replay.lastWords}`);
      const [row] = await query<{ n: number }>(world, 'SELECT count(*)::int AS n FROM events');
      return (row?.n ?? 0) >= target;
    };
    await eventually(grown, { timeoutMs: ROWS_WAIT_MS, intervalMs: 5 });
  };
  await replay.start();
  await strike({ world, replay, flusher, untilMoment }, chance);
  await finishReplay(replay);
  await expectReplayed(world, replay, file);
}

test(
  'the replay itself is killed and run again',
  () =>
    duringReplay('kill replay', async ({ replay, untilMoment }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await untilMoment(round);
        expect(await replay.kill()).toBe(true);
        await replay.start();
      }
    }),
  TIMEOUT_MS,
);

test(
  'the flusher beside the replay is killed',
  () =>
    duringReplay('kill flusher during replay', async ({ flusher, untilMoment }) => {
      await flusher.untilWritten('"flushed"');
      for (let round = 0; round < ROUNDS; round += 1) {
        await untilMoment(round);
        expect(await flusher.kill()).toBe(true);
        await flusher.start();
      }
    }),
  TIMEOUT_MS,
);

test(
  'Redis is killed during a replay',
  () =>
    duringReplay('kill Redis during replay', async ({ world, untilMoment }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await untilMoment(round);
        await world.services.redis.crash();
        await world.services.redis.restart();
      }
    }),
  TIMEOUT_MS,
);

test(
  'Postgres is killed during a replay',
  () =>
    duringReplay('kill Postgres during replay', async ({ world, untilMoment }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await untilMoment(round);
        await world.services.postgres.crash();
        await world.services.postgres.restart();
      }
    }),
  TIMEOUT_MS,
);
