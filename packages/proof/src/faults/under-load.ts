import { join } from 'node:path';
import { expect } from 'vitest';
import { type Chance, chanceFor } from './chance.ts';
import { LedgerClient } from './client-ledger.ts';
import { checkInvariants } from './invariants.ts';
import { attemptsOf } from './ledger-file.ts';
import type { Program } from './program.ts';
import { readStored } from './stored.ts';
import { createWorld, READY, type World } from './world.ts';

export interface Stage {
  readonly world: World;
  readonly web: Program;
  readonly flusher: Program;
  readonly client: LedgerClient;
  readonly chance: Chance;
}

export interface LoadOptions {
  /** Default true: aggregated types are exact as long as Redis keeps its data. */
  readonly aggregated?: boolean;
  readonly keepAlive?: boolean;
  readonly web?: (world: World) => Program;
}

/** I7: how soon after the healing a fresh event is accepted. */
const ACCEPTED_AFTER_MS = 5_000;

/** Sends events through a web process while `faults` does its worst, and breaks nothing less than every invariant. */
export async function underLoad(
  scenario: string,
  { aggregated = true, keepAlive = true, web: webOf = (world) => world.web() }: LoadOptions,
  faults: (stage: Stage) => Promise<void>,
): Promise<void> {
  const chance = chanceFor(scenario);
  await using world = await createWorld();
  const [web, flusher] = [webOf(world), world.flusher()];
  await Promise.all([web.start(READY.web), flusher.start(READY.flusher)]);
  const ledgerPath = join(world.folder, 'client-ledger.jsonl');
  const client = new LedgerClient({ url: world.webUrl, ledgerPath, chance, aggregated, keepAlive });
  client.start();
  try {
    await client.untilMoment();
    await faults({ world, web, flusher, client, chance });
    await client.finish();
    expect(await breachesOf(world, client)).toEqual([]);
  } catch (error) {
    console.info(world.lastWords());
    throw error;
  } finally {
    client.abandon();
  }
}

/** Called when something that was down is up again. */
export async function expectFreshEventAccepted(client: LedgerClient): Promise<void> {
  expect(await client.probe()).toBeLessThan(ACCEPTED_AFTER_MS);
}

/** Waits until the backlog has drained by itself, then checks everything. */
export async function breachesOf(world: World, client: LedgerClient): Promise<string[]> {
  const stats = await world.drained();
  const lines = client.ledger.lines();
  const attempts = attemptsOf(lines);
  const count = (kind: string) => attempts.filter(({ outcome }) => outcome?.kind === kind).length;
  const { received, stored, merged, deadLettered } = stats.ledger;
  console.info(
    `  ${attempts.length} attempts: ${count('answered')} answered, ${count('unknown')} unknown, ` +
      `${count('refused')} refused, ${count('unsent')} unsent; ` +
      `${received} events received, ${stored} stored, ${merged} merged, ${deadLettered} dead letters`,
  );
  return checkInvariants(lines, await readStored(world.services.databaseUrl), stats);
}
