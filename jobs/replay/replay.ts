import { setTimeout as sleep } from 'node:timers/promises';
import type { EventIngestionService, IngestInput } from '@tallymark/analytics/ingest/service';
import { retentionFloor } from '@tallymark/analytics/ingest/time-rules';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { IngestError } from '@tallymark/contract/errors';
import type { Receipt } from '@tallymark/contract/receipt';
import type { RequestContext } from '@tallymark/contract/request-context';
import { LineKeys } from './line-keys.ts';
import { parseLine } from './parse-line.ts';
import { toPageView } from './to-event.ts';

export interface ReplayOptions {
  readonly eventIngestion: EventIngestionService<DemoPlan>;
  readonly lines: AsyncIterable<string>;
  /** Marks the rows of this run. */
  readonly runId: string;
  /** Import what is older than the retention, and exempt all that is imported from it. */
  readonly keepHistory: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (tally: ReplayTally) => void;
}

export interface ReplayTally {
  lines: number;
  /** First lines that are not in combined format. */
  badLines: { line: number; text: string }[];
  bad: number;
  received: number;
  accepted: number;
  duplicate: number;
  sampled: number;
  rejected: number;
  readonly rejectedByReason: Record<string, number>;
}

/** A line older than the retention, without the flag that would keep it. Nothing of its batch was ingested. */
export class HistoryRefused extends Error {
  constructor(line: number, occurredAt: Date) {
    super(
      `Line ${line} is from ${occurredAt.toISOString()}, older than the retention: it would be deleted again. ` +
        'Run it with --keep-history to import it and exempt it from retention.',
    );
  }
}

const BATCH = 500;
const BATCHES_AT_ONCE = 4;
const BAD_LINES_SHOWN = 5;

/**
 * Ingests each line as a `page_viewed` event. The keys come from the lines, so a second run of the same file adds
 * nothing, and a run that was broken off is completed by the next.
 */
export async function replay(options: ReplayOptions): Promise<ReplayTally> {
  const tally: ReplayTally = {
    lines: 0,
    badLines: [],
    bad: 0,
    received: 0,
    accepted: 0,
    duplicate: 0,
    sampled: 0,
    rejected: 0,
    rejectedByReason: {},
  };
  const underWay = new Set<Promise<void>>();
  let batch: IngestInput<DemoPlan>[] = [];
  const send = async () => {
    const sending = ingestPatiently(options, batch).then((receipts) => {
      count(tally, receipts);
      options.onProgress(tally);
    });
    batch = [];
    const tracked = sending.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    if (underWay.size >= BATCHES_AT_ONCE) await Promise.race(underWay);
  };
  try {
    for await (const input of readInputs(options, tally)) {
      batch.push(input);
      if (batch.length === BATCH) await send();
      if (options.signal.aborted) break;
    }
    if (batch.length > 0) await send();
  } finally {
    await Promise.all(underWay);
  }
  return tally;
}

async function* readInputs(options: ReplayOptions, tally: ReplayTally): AsyncGenerator<IngestInput<DemoPlan>> {
  const keys = new LineKeys();
  const { now, retention } = options.eventIngestion.config;
  const floor = retentionFloor(now(), retention);
  for await (const line of options.lines) {
    tally.lines += 1;
    const request = parseLine(line);
    if (!request) {
      tally.bad += 1;
      if (tally.badLines.length < BAD_LINES_SHOWN) tally.badLines.push({ line: tally.lines, text: line });
      continue;
    }
    if (!options.keepHistory && request.occurredAt < floor) throw new HistoryRefused(tally.lines, request.occurredAt);
    yield toPageView(request, keys.keyOf(line));
  }
}

/** Waits out a full buffer or stores that are away, for as long as it takes or until it is broken off. */
async function ingestPatiently(options: ReplayOptions, batch: readonly IngestInput<DemoPlan>[]): Promise<Receipt[]> {
  const context: RequestContext = { correlationId: options.runId, retentionExempt: options.keepHistory };
  let receipts: Receipt[] = [];
  let waiting = batch.map((input, place) => ({ input, place }));
  for (;;) {
    try {
      const answers = await options.eventIngestion.ingestBatch(
        waiting.map(({ input }) => input),
        context,
      );
      receipts = place(receipts, waiting, answers);
      waiting = waiting.filter((_, at) => isRetryable(answers[at]));
      if (waiting.length === 0 || options.signal.aborted) return receipts;
      await sleep(1_000);
    } catch (error) {
      if (!(error instanceof IngestError) || options.signal.aborted) throw error;
      await sleep(error.retryAfterSeconds * 1_000);
    }
  }
}

function place(
  receipts: readonly Receipt[],
  waiting: readonly { place: number }[],
  answers: readonly Receipt[],
): Receipt[] {
  const placed = [...receipts];
  for (const [at, answer] of answers.entries()) {
    const target = waiting[at]?.place;
    if (target !== undefined) placed[target] = answer;
  }
  return placed;
}

const isRetryable = (receipt: Receipt | undefined) => receipt?.status === 'rejected' && receipt.retryable;

function count(tally: ReplayTally, receipts: readonly Receipt[]): void {
  tally.received += receipts.length;
  for (const receipt of receipts) {
    tally[receipt.status] += 1;
    if (receipt.status === 'rejected') {
      tally.rejectedByReason[receipt.reason] = (tally.rejectedByReason[receipt.reason] ?? 0) + 1;
    }
  }
}
