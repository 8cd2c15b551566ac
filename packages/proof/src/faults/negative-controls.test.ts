import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chanceFor } from './chance.ts';
import { LedgerClient } from './client-ledger.ts';
import { breachesOf } from './under-load.ts';
import { createWorld, READY, type World } from './world.ts';

// With a safeguard off the oracle must find the damage; otherwise its silence in the other files would mean nothing.

const TIMEOUT_MS = 90_000;
const UNSAFE_FLUSHER = 'packages/proof/src/faults/unsafe-flusher.ts';

function clientOf(world: World, scenario: string): LedgerClient {
  const ledgerPath = join(world.folder, 'client-ledger.jsonl');
  return new LedgerClient({ url: world.webUrl, ledgerPath, chance: chanceFor(scenario), aggregated: false });
}

/** Fills the buffer, lets the unsafe flusher go as far as between its transactions, and checks after the healing. */
async function flushUnsafely(scenario: string, fault: 'kill' | 'go on', env: Record<string, string> = {}) {
  await using world = await createWorld();
  const web = world.web();
  await web.start(READY.web);
  const client = clientOf(world, scenario);
  client.start();
  await client.untilMoment();
  await client.finish();
  const unsafe = world.program('unsafe-flusher', [UNSAFE_FLUSHER], env);
  await unsafe.start('between the transactions');
  if (fault === 'kill') expect(await unsafe.kill()).toBe(true);
  else expect(await unsafe.goOnUntilEnded()).toEqual({ code: 0, signal: null });
  await world.flusher().start(READY.flusher);
  return breachesOf(world, client);
}

const about = (invariant: string, what = '') => expect.stringMatching(new RegExp(`^${invariant}: .*${what}`));

test(
  'an offset outside of the transaction is found out by the ledger',
  async () => {
    const breaches = await flushUnsafely('control: offset outside', 'kill');
    expect(breaches).toEqual([about('I9', 'received')]);
  },
  TIMEOUT_MS,
);

test(
  'without unique ids events are found twice',
  async () => {
    const breaches = await flushUnsafely('control: random ids', 'kill', { RANDOM_IDS: 'true' });
    expect(breaches).toEqual([about('I1', 'events,events'), about('I2'), about('I9')]);
  },
  TIMEOUT_MS,
);

test(
  'the same flusher does no damage when nobody kills it: what is found above is the fault',
  async () => {
    expect(await flushUnsafely('control: no fault', 'go on')).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'keys that are set before the events are appended lose events',
  async () => {
    await using world = await createWorld();
    const unsafe = world.web('unsafe-web-process.ts');
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
