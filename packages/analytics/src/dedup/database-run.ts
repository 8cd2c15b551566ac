import type { PrismaClient } from '@tallymark/prisma/client';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { DEDUPLICATION_LIMITS, lockDeduplication } from '@tallymark/prisma/stores/deduplication-limits';
import { moveRates } from '@tallymark/prisma/stores/deduplication-rates';
import { advanceRun, finishRun, startRun, type WindowDone } from '@tallymark/prisma/stores/deduplication-runs';
import { type DuplicateCandidate, findDuplicateCandidates } from '@tallymark/prisma/stores/duplicates-candidates';
import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { unmarkDuplicates } from '@tallymark/prisma/stores/duplicates-unmark';
import { windowEnd } from '@tallymark/prisma/stores/duplicates-window';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { decideDuplicates, type MarkChanges } from './decide-duplicates.ts';

export interface DatabaseRunOptions {
  /** Events of one transaction. More are faster, up to a point, and hold more memory here and in Postgres. */
  readonly windowRows?: number;
  /** Called after each commit, with what is done so far. */
  readonly onWindow?: (done: WindowDone) => void;
}

export interface DeduplicationResult {
  readonly runId: string;
  /** Events that were compared. */
  readonly scanned: number;
  /** Marks that were written: new ones, and those that got another original because an earlier event came late. */
  readonly marked: number;
  /** Marks that were taken off, because what they repeated is a repeat itself now, or gone. */
  readonly unmarked: number;
  /** First and last millisecond of the events that were looked at. */
  readonly from: Date;
  readonly to: Date;
  readonly durationMs: number;
}

export interface DatabaseRunDeps {
  readonly prisma: PrismaClient;
  readonly aggregatedTypes: readonly string[];
  readonly now: () => Date;
}

/** About what Postgres sorts in the memory it is given; measured, see docs/deduplication.md. */
const WINDOW_ROWS = 50_000;
/** Few enough that Postgres looks each up by its id instead of reading the month. */
const ROWS_OF_A_WRITE = 5_000;
const MS_PER_HOUR = 3_600_000;
const CONNECTION_WAIT_MS = 10_000;

/**
 * Makes the marks of the last `hours` what the stored events say they are. A window of time is a transaction, one after
 * the other: killed anywhere, the next run ends with the same marks. Beside flushes, other runs and reverts it is safe;
 * what is stored in a window after the run has passed is the next run's. @throws RangeError for a time that is none, and
 * whatever the database throws; the run then has its error.
 */
export async function runDeduplication(
  deps: DatabaseRunDeps,
  hours: number,
  { windowRows = WINDOW_ROWS, onWindow = () => {} }: DatabaseRunOptions = {},
): Promise<DeduplicationResult> {
  if (!(hours > 0 && Number.isFinite(hours))) throw new RangeError(`Hours to deduplicate must be positive: ${hours}`);
  const started = performance.now();
  const startedAt = deps.now();
  const to = startedAt;
  const from = new Date(Math.max(0, Math.floor(to.getTime() - hours * MS_PER_HOUR)));
  const runId = uuidV7(startedAt.getTime());
  await startRun(deps.prisma, { runId, from, to, startedAt });
  const total = { scanned: 0, marked: 0, unmarked: 0 };
  // The last millisecond belongs to the run, and windows end before their end.
  const beyond = new Date(to.getTime() + 1);
  try {
    for (let at = from; at < beyond; ) {
      const done = await runWindow(deps, { runId, from: at, to: beyond, rows: windowRows });
      at = done.doneTo;
      total.scanned += done.scanned;
      total.marked += done.marked;
      total.unmarked += done.unmarked;
      onWindow({ ...total, doneTo: at });
    }
    await finishRun(deps.prisma, runId, { finishedAt: deps.now(), error: null });
  } catch (error) {
    const outcome = { finishedAt: deps.now(), error: String(error) };
    // Where even that is refused, the run looks like one that was killed.
    await finishRun(deps.prisma, runId, outcome).catch(() => {});
    throw error;
  }
  return { runId, ...total, from, to, durationMs: Math.round(performance.now() - started) };
}

interface NextWindow {
  readonly runId: string;
  readonly from: Date;
  /** Where the run ends. */
  readonly to: Date;
  readonly rows: number;
}

function runWindow(deps: DatabaseRunDeps, { runId, from, to, rows }: NextWindow): Promise<WindowDone> {
  const work = async (tx: SqlExecutor) => {
    await lockDeduplication(tx);
    const doneTo = await windowEnd(tx, { from, to, rows });
    const { aggregatedTypes } = deps;
    const { scanned, candidates } = await findDuplicateCandidates(tx, { from, to: doneTo, aggregatedTypes });
    const written = await write(tx, runId, candidates, decideDuplicates(candidates, from.getTime()));
    const done = { doneTo, scanned, ...written };
    await advanceRun(tx, runId, done);
    return done;
  };
  const timeout = DEDUPLICATION_LIMITS.lockTimeoutMs + 2 * DEDUPLICATION_LIMITS.statementTimeoutMs;
  return deps.prisma.$transaction(work, { maxWait: CONNECTION_WAIT_MS, timeout });
}

async function write(
  tx: SqlExecutor,
  runId: string,
  candidates: readonly DuplicateCandidate[],
  { mark, unmark }: MarkChanges,
): Promise<{ marked: number; unmarked: number }> {
  const unmarked: string[] = [];
  const marked: string[] = [];
  for (const ids of parts(unmark)) unmarked.push(...(await unmarkDuplicates(tx, ids)));
  for (const decisions of parts(mark)) marked.push(...(await markDuplicates(tx, runId, decisions)));
  const wereMarked = new Set(candidates.flatMap(({ id, duplicateOf }) => (duplicateOf === null ? [] : id)));
  await moveRates(tx, { marked: marked.filter((id) => !wereMarked.has(id)), unmarked });
  return { marked: marked.length, unmarked: unmarked.length };
}

function* parts<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += ROWS_OF_A_WRITE) yield items.slice(at, at + ROWS_OF_A_WRITE);
}
