import { IngestError } from '@tallymark/contract/errors';
import { type Receipt, rejected } from '@tallymark/contract/receipt';
import type { AcceptOutcome } from '@tallymark/redis/event-buffer';
import type { Logger } from 'pino';
import type { AcceptQueue, BeforeCounts } from './accept-queue.ts';
import type { IngestionConfig } from './config.ts';
import type { DirectWriter } from './direct-writer.ts';
import { type AcceptableEvent, type PreparedEvent, rejectionReason } from './prepare.ts';
import type { RedisGate } from './redis-gate.ts';
import type { RowOutcome } from './store-rows.ts';

export interface AcceptorDeps {
  readonly queue: AcceptQueue;
  readonly gate: RedisGate;
  readonly direct: DirectWriter;
  readonly config: IngestionConfig;
  readonly log: Logger;
}

export interface Accepted {
  readonly receipts: Receipt[];
  /** Events waiting in the shards this request touched; null when it went straight to Postgres. */
  readonly buffered: number | null;
}

/** Events of a request that share a shard, by their place in the request. */
interface ShardGroup {
  readonly shard: number;
  readonly places: number[];
}

/**
 * Takes prepared events in: one call to Redis for each shard the request touches, straight to Postgres where Redis does
 * not answer. What an unanswered call may have appended has the same ids, so that its flush merges it.
 *
 * @throws IngestError when nothing of the request was taken: buffer full, or both stores away.
 */
export async function acceptEvents(
  deps: AcceptorDeps,
  prepared: readonly PreparedEvent[],
  receivedAt: Date,
): Promise<Accepted> {
  const receipts = new Array<Receipt>(prepared.length);
  const before = { sampled: 0, rejected: {} as Record<string, number> };
  const settled: number[] = [];
  const groups = new Map<number, ShardGroup>();
  for (const [place, event] of prepared.entries()) {
    if ('status' in event.outcome && !event.dedup) {
      receipts[place] = event.outcome;
      settled.push(place);
      countBefore(before, event);
      continue;
    }
    const group = groups.get(event.shard);
    if (group) group.places.push(place);
    else groups.set(event.shard, { shard: event.shard, places: [place] });
  }
  // A request with nothing to append still counts: its numbers travel in an entry of their own.
  if (groups.size === 0) groups.set(0, { shard: 0, places: [] });

  const nothing = { sampled: 0, rejected: {} };
  const calls = [...groups.values()].map((group, index) =>
    acceptGroup(deps, prepared, group, index === 0 ? before : nothing, receivedAt),
  );
  const replies = await Promise.all(calls);
  const [refusal] = replies.flatMap((reply) => ('refusal' in reply ? reply.refusal : []));
  if (refusal && replies.every((reply) => 'refusal' in reply)) throw refusal;
  let buffered: number | null = null;
  for (const [index, group] of [...groups.values()].entries()) {
    const reply = replies[index];
    if (!reply) continue;
    const answers = 'refusal' in reply ? [] : reply.receipts;
    if (!('refusal' in reply) && reply.buffered !== null) buffered = (buffered ?? 0) + reply.buffered;
    for (const [at, place] of group.places.entries()) {
      receipts[place] = answers[at] ?? unavailable();
    }
  }
  if (refusal && !(await countRefused(deps, before, replies, [...groups.values()]))) {
    // A receipt that is final stands in the ledger; what no store counted may be sent again.
    for (const place of settled) receipts[place] = unavailable();
  }
  return { receipts, buffered };
}

const unavailable = () => rejected('unavailable', 'The stores cannot take this event now; send it again later.');

/**
 * Where a part of a request was refused and another taken, the refused part is counted by itself: there is no entry that
 * it could travel in.
 *
 * @returns false when the counts that were settled before belonged to the refused part and are in no store.
 */
async function countRefused(
  { direct, log }: AcceptorDeps,
  before: BeforeCounts,
  replies: readonly GroupReply[],
  groups: readonly ShardGroup[],
): Promise<boolean> {
  const refused = groups.filter((_, index) => {
    const reply = replies[index];
    return reply !== undefined && 'refusal' in reply;
  });
  const [first] = replies;
  const firstRefused = first !== undefined && 'refusal' in first;
  const lost = firstRefused ? before : { sampled: 0, rejected: {} };
  const sentBack = refused.reduce((sum, { places }) => sum + places.length, 0);
  const rejectedCounts = sentBack > 0 ? { ...lost.rejected, unavailable: sentBack } : lost.rejected;
  try {
    await direct.write([], { duplicates: 0, sampled: lost.sampled, rejected: rejectedCounts });
    return true;
  } catch (error) {
    log.warn({ err: error, events: sentBack }, 'refused events could not be counted');
    return !firstRefused;
  }
}

type GroupReply = { refusal: IngestError } | { receipts: Receipt[]; buffered: number | null };

function countBefore(before: { sampled: number; rejected: Record<string, number> }, event: PreparedEvent): void {
  const reason = rejectionReason(event);
  if (reason === null) before.sampled += 1;
  else before.rejected[reason] = (before.rejected[reason] ?? 0) + 1;
}

async function acceptGroup(
  deps: AcceptorDeps,
  prepared: readonly PreparedEvent[],
  group: ShardGroup,
  before: BeforeCounts,
  receivedAt: Date,
): Promise<GroupReply> {
  const events = group.places.flatMap((place) => prepared[place] ?? []);
  if (deps.gate.open) {
    try {
      const reply = await deps.queue.accept(group.shard, { events, before, receivedAt });
      if (reply.full) return { refusal: new IngestError('buffer_full', retryAfterSeconds(deps.config)) };
      return { buffered: reply.buffered, receipts: events.map((event, at) => toReceipt(event, reply.outcomes[at])) };
    } catch (error) {
      deps.gate.failed();
      deps.log.warn({ err: error, shard: group.shard }, 'the buffer did not answer; events go straight to Postgres');
    }
  }
  try {
    return { buffered: null, receipts: await writeDirectly(deps, events, before) };
  } catch (error) {
    if (error instanceof IngestError) return { refusal: error };
    throw error;
  }
}

function toReceipt({ outcome }: PreparedEvent, answer: AcceptOutcome | undefined): Receipt {
  if (answer?.status === 'duplicate') return { status: 'duplicate', id: answer.id };
  if (answer?.status === 'conflict') return conflict();
  if ('row' in outcome) return { status: 'accepted', id: outcome.row.id };
  return outcome;
}

const conflict = () =>
  rejected('conflict', 'This idempotency key was used for another event; use a new key for a new event.');

async function writeDirectly(
  { direct }: AcceptorDeps,
  events: readonly PreparedEvent[],
  before: BeforeCounts,
): Promise<Receipt[]> {
  const repeats = await knownRepeats(direct, events);
  const settledReceipts = events.map((event): Receipt | AcceptableEvent => {
    const repeat = repeats.get(event);
    if (repeat) return repeat;
    if ('row' in event.outcome && event.outcome.lane === 'aggregate') {
      return rejected(
        'unavailable',
        'Events of aggregated types need the buffer, which is away; send the event again later.',
      );
    }
    return event.outcome;
  });
  const counts = { duplicates: 0, sampled: before.sampled, rejected: { ...before.rejected } };
  for (const receipt of settledReceipts) {
    if ('row' in receipt) continue;
    if (receipt.status === 'duplicate') counts.duplicates += 1;
    else if (receipt.status === 'sampled') counts.sampled += 1;
    else if (receipt.status === 'rejected') {
      counts.rejected[receipt.reason] = (counts.rejected[receipt.reason] ?? 0) + 1;
    }
  }
  const rows = settledReceipts.flatMap((receipt) => ('row' in receipt ? receipt.row : []));
  const outcomes = await direct.write(rows, counts);
  let at = 0;
  return settledReceipts.map((receipt) => ('row' in receipt ? directReceipt(receipt.row.id, outcomes[at++]) : receipt));
}

/** Known keys are answered before time rules and sampling, here too; those that pass both the insert itself finds. */
async function knownRepeats(
  direct: DirectWriter,
  events: readonly PreparedEvent[],
): Promise<ReadonlyMap<PreparedEvent, Receipt>> {
  const doubtful = events.filter(({ outcome, keyedId }) => keyedId !== null && !('row' in outcome));
  if (doubtful.length === 0) return new Map();
  const stored = await direct.storedPayloads(doubtful.flatMap(({ keyedId }) => keyedId ?? []));
  const repeats = new Map<PreparedEvent, Receipt>();
  for (const event of doubtful) {
    const id = event.keyedId ?? '';
    if (!stored.has(id)) continue;
    repeats.set(event, stored.get(id) === event.comparableHash ? { status: 'duplicate', id } : conflict());
  }
  return repeats;
}

function directReceipt(id: string, outcome: RowOutcome | undefined): Receipt {
  if (outcome?.kind === 'merged') return { status: 'duplicate', id };
  if (outcome?.kind === 'conflict') return conflict();
  return { status: 'accepted', id };
}

const LONGEST_RETRY_AFTER_SECONDS = 30;

function retryAfterSeconds({ batchTimeoutMs }: IngestionConfig): number {
  return Math.min(LONGEST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(batchTimeoutMs / 1_000)));
}
