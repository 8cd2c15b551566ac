import type { EventRow } from '@tallymark/contract/event-row';
import type { PrismaTransaction } from '@tallymark/prisma/client';
import { sqlStateOf } from '@tallymark/prisma/sql-state';
import { storedPayloadHashes } from '@tallymark/prisma/stores/stored-payloads';

/** What became of one row. `merged`: stored before with the same payload. `conflict`: another event holds its id. */
export type RowOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'merged' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly sqlState: string; readonly message: string };

/**
 * SQLSTATEs that speak of the row itself: bad data, a constraint, a text or number that does not fit its column.
 * Everything else (a missing partition, schema drift, a lost connection, a full disk) is an outage: the batch waits.
 */
const ROW_REFUSALS = new Set([
  '22001', // string too long for the column
  '22003', // number out of range
  '22007', // invalid time
  '22008', // time out of range
  '22021', // character not in repertoire
  '22023', // invalid parameter value
  '22032', // invalid JSON
  '22P02', // invalid text representation
  '22P05', // untranslatable character, such as NUL in jsonb
  '23502', // not null
  '54000', // program limit exceeded, such as a jsonb that is too large
]);
const CHECK_VIOLATION = '23514';

export function isRowRefusal({ state, constraint }: { state: string; constraint: string | null }): boolean {
  // A row without a partition is a check violation without a constraint's name.
  return ROW_REFUSALS.has(state) || (state === CHECK_VIOLATION && constraint !== null);
}

export function isMissingPartition(error: unknown): boolean {
  const found = sqlStateOf(error);
  return found?.state === CHECK_VIOLATION && found.constraint === null;
}

/**
 * Inserts rows in id order inside the caller's transaction and tells, row by row, what became of them. A batch that
 * Postgres refuses is bisected under savepoints until the refusal is reproduced on single rows; their neighbours stay.
 *
 * @throws on anything that is not the row's own fault; the caller's transaction is lost then.
 */
export async function storeRows(tx: PrismaTransaction, rows: readonly EventRow[]): Promise<RowOutcome[]> {
  const outcomes = new Array<RowOutcome>(rows.length);
  const order = rows.map((_, index) => index).sort((a, b) => compareIds(rows[a], rows[b]));
  const skipped: number[] = [];
  const work = [order];
  for (let part = work.pop(); part; part = work.pop()) {
    const batch = part.flatMap((index) => rows[index] ?? []);
    const inserted = await insertUnderSavepoint(tx, batch);
    if ('refusal' in inserted) {
      if (part.length === 1) for (const index of part) outcomes[index] = inserted.refusal;
      else work.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1));
      continue;
    }
    for (const index of part) {
      // An id twice in one batch: only its first row was inserted.
      if (inserted.ids.delete(rows[index]?.id ?? '')) outcomes[index] = { kind: 'stored' };
      else skipped.push(index);
    }
  }
  if (skipped.length > 0) await compareWithStored(tx, rows, skipped, outcomes);
  return outcomes;
}

const compareIds = (a: EventRow | undefined, b: EventRow | undefined) => ((a?.id ?? '') < (b?.id ?? '') ? -1 : 1);

type Inserted = { ids: Set<string> } | { refusal: Extract<RowOutcome, { kind: 'refused' }> };

async function insertUnderSavepoint(tx: PrismaTransaction, batch: EventRow[]): Promise<Inserted> {
  if (batch.length === 0) return { ids: new Set() };
  await tx.$executeRaw`SAVEPOINT store_rows`;
  try {
    const stored = await tx.event.createManyAndReturn({ data: batch, skipDuplicates: true, select: { id: true } });
    await tx.$executeRaw`RELEASE SAVEPOINT store_rows`;
    return { ids: new Set(stored.map(({ id }) => id)) };
  } catch (error) {
    const found = sqlStateOf(error);
    if (!found || !isRowRefusal(found)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT store_rows`;
    return { refusal: { kind: 'refused', sqlState: found.state, message: messageOf(error) } };
  }
}

async function compareWithStored(
  tx: PrismaTransaction,
  rows: readonly EventRow[],
  skipped: readonly number[],
  outcomes: RowOutcome[],
): Promise<void> {
  const hashes = await storedPayloadHashes(
    tx,
    skipped.map((index) => rows[index]?.id ?? ''),
  );
  for (const index of skipped) {
    const same = hashes.get(rows[index]?.id ?? '') === rows[index]?.payloadHash;
    outcomes[index] = same ? { kind: 'merged' } : { kind: 'conflict' };
  }
}

const LONGEST_MESSAGE = 2_000;

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().slice(-LONGEST_MESSAGE);
}
