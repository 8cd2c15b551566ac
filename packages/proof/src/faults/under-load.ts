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
  /** Default: the small server of this folder. */
  readonly startWeb?: (world: World) => Promise<Program>;
}

/** I7: how soon after the healing a fresh event is accepted. */
const ACCEPTED_AFTER_MS = 5_000;

/** Sends events through a web process while `faults` does its worst, and breaks nothing less than every invariant. */
export async function underLoad(
  scenario: string,
  { aggregated = true, keepAlive = true, startWeb = startSmallServer }: LoadOptions,
  faults: (stage: Stage) => Promise<void>,
): Promise<void> {
  const chance = chanceFor(scenario);
  await using world = await createWorld();
  const flusher = world.flusher();
  const [web] = await Promise.all([startWeb(world), flusher.start(READY.flusher)]);
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

async function startSmallServer(world: World): Promise<Program> {
  const web = world.web();
  await web.start(READY.web);
  return web;
}

/** Called when something that was down is up again. */
export async function expectFreshEventAccepted(client: LedgerClient): Promise<void> {
  expect(await client.probe()).toBeLessThan(ACCEPTED_AFTER_MS);
}

/** No request that the server's log names together with `word` was left without a complete answer. */
export function expectAnsweredWhereBegun(client: LedgerClient, log: string, word: string): void {
  const attempts = attemptsOf(client.ledger.lines());
  const unanswered = attempts.filter(({ outcome }) => outcome?.kind === 'unknown').map(({ id }) => id);
  const begun = log.split('\n').filter((line) => line.includes(`"${word}"`));
  expect(begun.length).toBeGreaterThan(0);
  // A connection that the system had taken but the process had not is cut too; the process must not know of it.
  expect(begun.filter((line) => unanswered.some((id) => line.includes(id)))).toEqual([]);
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
  return checkInvariants(lines, await readStored(world.services.databaseUrl), stats.ledger);
}
