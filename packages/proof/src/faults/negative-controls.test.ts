import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chanceFor } from './chance.ts';
import { LedgerClient } from './client-ledger.ts';
import { breachesOf } from './under-load.ts';
import { createWorld, READY, type World } from './world.ts';

// With a safeguard off the oracle must find the damage; otherwise its silence in the other files would mean nothing.

const TIMEOUT_MS = 90_000;
const UNSAFE_FLUSHER = fileURLToPath(new URL('./unsafe-flusher.ts', import.meta.url));
const UNSAFE_WEB = fileURLToPath(new URL('./unsafe-web-process.ts', import.meta.url));

function clientOf(world: World, scenario: string): LedgerClient {
  const ledgerPath = join(world.folder, 'client-ledger.jsonl');
  return new LedgerClient({ url: world.webUrl, ledgerPath, chance: chanceFor(scenario), aggregated: false });
}

/** Fills the buffer, lets the unsafe flusher go as far as between its transactions, and checks after the healing. */
async function flushUnsafely(scenario: string, { kill, randomIds = false }: { kill: boolean; randomIds?: boolean }) {
  await using world = await createWorld();
  const web = world.web();
  await web.start(READY.web);
  const client = clientOf(world, scenario);
  client.start();
  await client.untilMoment();
  await client.finish();
  const unsafe = world.program('unsafe-flusher', [UNSAFE_FLUSHER], {
    env: { HOLD: String(kill), RANDOM_IDS: String(randomIds) },
  });
  await unsafe.start('between the transactions');
  if (kill) expect(await unsafe.kill()).toBe(true);
  else expect(await unsafe.ended()).toEqual({ code: 0, signal: null });
  await world.flusher().start(READY.flusher);
  return await breachesOf(world, client);
}

const about = (invariant: string, what = '') => expect.stringMatching(new RegExp(`^${invariant}: .*${what}`));

test(
  'an offset outside of the transaction is found out by the ledger',
  async () => {
    const breaches = await flushUnsafely('control: offset outside', { kill: true });
    expect(breaches).toEqual([about('I9', 'received')]);
  },
  TIMEOUT_MS,
);

test(
  'without unique ids events are found twice',
  async () => {
    const breaches = await flushUnsafely('control: random ids', { kill: true, randomIds: true });
    expect(breaches).toEqual([about('I1', 'events,events'), about('I2'), about('I9')]);
  },
  TIMEOUT_MS,
);

test(
  'the same flusher does no damage when nobody kills it: what is found above is the fault',
  async () => {
    expect(await flushUnsafely('control: no fault', { kill: false })).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'keys that are set before the events are appended lose events',
  async () => {
    await using world = await createWorld();
    const unsafe = world.program('unsafe-web', [UNSAFE_WEB]);
    await unsafe.start(READY.web);
    const client = clientOf(world, 'control: key before append');
    client.start();
    expect(await unsafe.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    await world.web().start(READY.web);
    await client.untilMoment();
    await client.finish();
    await world.flusher().start(READY.flusher);
    expect(await breachesOf(world, client)).toEqual([about('I1', 'is in \\[\\] after .*"duplicate"')]);
  },
  TIMEOUT_MS,
);
