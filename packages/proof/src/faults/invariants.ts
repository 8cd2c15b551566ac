import type { Receipt } from '@tallymark/contract/receipt';
import type { Ledger } from '@tallymark/contract/stats';
import { groupBy } from './group-by.ts';
import { type Attempt, attemptsOf, type LedgerLine, type SentEvent } from './ledger-file.ts';
import type { Place, Stored } from './stored.ts';
import { AGGREGATED_TYPE } from './traffic.ts';

const EXAMPLES = 3;

/** Everything that is wrong, in words; empty when all invariants hold. Call it when the buffer is drained. */
export function checkInvariants(lines: readonly LedgerLine[], stored: Stored, ledger: Ledger): string[] {
  const attempts = attemptsOf(lines);
  const known = receiptsByContent(attempts);
  const breaches = [
    ...checkEvents(known, stored.places),
    ...checkAggregated(known, stored.aggregated),
    ...stored.storedTwice.map((what) => ['I2', `stored twice: ${what}`] as const),
    ...checkRefusals(attempts),
    ...checkLedger(attempts, stored, ledger),
  ];
  const byInvariant = groupBy(breaches, ([invariant]) => invariant);
  return [...byInvariant].map(([invariant, found]) => {
    const examples = found.slice(0, EXAMPLES).map(([, what]) => what);
    return `${invariant}: ${found.length}, such as ${examples.join('; ')}`;
  });
}

type Breach = readonly [invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I8' | 'I9', what: string];

interface Known {
  readonly event: SentEvent;
  readonly receipts: Receipt[];
}

/** What the client was told about each content of each key. */
function receiptsByContent(attempts: readonly Attempt[]): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const { events, outcome } of attempts) {
    for (const [at, event] of events.entries()) {
      const entry = known.get(nameOf(event)) ?? { event, receipts: [] };
      known.set(nameOf(event), entry);
      const receipt = outcome?.kind === 'answered' ? outcome.receipts[at] : undefined;
      if (receipt && !(receipt.status === 'rejected' && receipt.retryable)) entry.receipts.push(receipt);
    }
  }
  return known;
}

const nameOf = ({ key, hash }: { key: string; hash: string }) => `${key} ${hash}`;
const isTaken = ({ status }: Receipt) => status === 'accepted' || status === 'duplicate';
const isConflict = (receipt: Receipt) => receipt.status === 'rejected' && receipt.reason === 'conflict';

function* checkEvents(known: ReadonlyMap<string, Known>, places: readonly Place[]): Generator<Breach> {
  const byContent = groupBy(places, nameOf);
  const keys = new Set(places.map(({ key }) => key));
  for (const [name, { event, receipts }] of known) {
    const tables = (byContent.get(name) ?? []).map(({ table }) => table);
    const found = `${name} is in [${tables}] after ${receipts.map((receipt) => JSON.stringify(receipt))}`;
    if (receipts.length === 0) yield ['I3', `never answered: ${found}`];
    if (!event.valid) {
      if (tables.length > 0 || receipts.some(isTaken)) yield ['I5', `invalid and taken: ${found}`];
    } else if (event.eventType !== AGGREGATED_TYPE) {
      if (receipts.some(isTaken)) {
        if (tables.length !== 1) yield ['I1', `accepted, so exactly one place: ${found}`];
      } else if (!receipts.every(isConflict)) yield ['I1', `nothing spoke against it: ${found}`];
      else if (tables.length > 1 || !keys.has(event.key)) yield ['I1', `a conflict with nothing: ${found}`];
    }
  }
  for (const place of places) {
    if (!known.has(nameOf(place))) yield ['I4', `nobody sent this: ${place.table} ${nameOf(place)}`];
  }
}

function* checkAggregated(known: ReadonlyMap<string, Known>, stored: ReadonlyMap<string, number>): Generator<Breach> {
  const taken = [...known.values()].filter(
    ({ event, receipts }) => event.eventType === AGGREGATED_TYPE && event.valid && receipts.some(isTaken),
  );
  const wanted = groupBy(taken, ({ event }) => `${event.eventType} ${event.sessionId}`);
  for (const what of new Set([...wanted.keys(), ...stored.keys()])) {
    const [accepted, counted] = [wanted.get(what)?.length ?? 0, stored.get(what) ?? 0];
    if (accepted !== counted) yield ['I1', `aggregated ${what}: ${accepted} accepted, ${counted} counted`];
  }
}

function* checkRefusals(attempts: readonly Attempt[]): Generator<Breach> {
  for (const { outcome } of attempts) {
    if (outcome?.kind !== 'refused') continue;
    if (!(Number(outcome.retryAfter) >= 1)) yield ['I8', `${outcome.status} with Retry-After ${outcome.retryAfter}`];
  }
}

/** Beyond this the server stops waiting for Redis and goes past it, whatever Redis did. */
const REDIS_TIMEOUT_MS = 2_000;

const COLUMNS = ['received', 'accepted', 'duplicate', 'sampled', 'rejected'] as const;

function* checkLedger(attempts: readonly Attempt[], stored: Stored, ledger: Ledger): Generator<Breach> {
  if (!ledger.balanced) yield ['I9', `the ledger does not balance: ${JSON.stringify(ledger)}`];
  const least = { received: 0, accepted: 0, duplicate: 0, sampled: 0, rejected: 0 };
  let unknown = 0;
  for (const { events, outcome, faulty } of attempts) {
    if (outcome?.kind === 'unsent') continue;
    const receipts = outcome?.kind === 'answered' ? outcome.receipts : [];
    const counted = receipts.filter((receipt) => !(receipt.status === 'rejected' && receipt.retryable));
    for (const { status } of counted) least[status] += 1;
    least.received += counted.length;
    unknown += events.length - counted.length;
    // The server may itself not know what a killed or silent Redis did, and then counts again what goes past it.
    if (faulty || (outcome?.kind === 'answered' && outcome.ms >= REDIS_TIMEOUT_MS)) unknown += events.length;
  }
  for (const column of COLUMNS) {
    const most = least[column] + unknown;
    if (ledger[column] < least[column] || ledger[column] > most) {
      yield ['I9', `${column} is ${ledger[column]}, the client knows of ${least[column]} to ${most}`];
    }
  }
  const rows = stored.places.filter(({ table }) => table === 'events').length;
  const counts = { stored: rows, deadLettered: stored.places.length - rows, aggregated: stored.aggregatedTotal };
  for (const [column, n] of Object.entries(counts) as [keyof typeof counts, number][]) {
    if (ledger[column] !== n) yield ['I9', `${column} is ${ledger[column]}, Postgres has ${n}`];
  }
}
