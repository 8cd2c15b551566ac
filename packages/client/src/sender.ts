import type { Clock } from './clock.ts';
import type { Kept } from './kept.ts';
import { type EventQueue, stamp } from './queue.ts';
import { requestOf, takeBatch } from './take-batch.ts';
import type { Sent, Transport } from './transport.ts';
import type { ClientReceipt, QueuedEvent, ReceiptEvent } from './types.ts';

export interface SenderDeps {
  readonly queue: () => Promise<EventQueue>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly kept: Kept;
  /** Names the turn that the tabs of the site take. */
  readonly turn: string;
  /** Whether anything may be sent at all. */
  readonly mayTrack: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly onReceipts: (receipts: readonly ReceiptEvent[]) => void;
}

export interface Sender {
  /** Sends soon: at once when a batch is full, by number or size, within two seconds otherwise. */
  wake(batchIsFull: boolean): void;
  /** Sends until nothing is left or something stands in the way. Resolves to what is left. */
  drain(): Promise<number>;
  /** Whether the server has asked not to be called yet, in whatever tab. */
  askedToWait(): boolean;
}

const BATCH_EVENTS = 50;
const SOON_MS = 2_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** A longer wait is no server's wish, but a clock that was set in between. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** Moves events from the queue to the server, in one tab of the site at a time. */
export function createSender(deps: SenderDeps): Sender {
  const { queue, transport, clock, kept, onError } = deps;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let running: Promise<void> | null = null;
  let failures = 0;
  /** By `performance.now()`, which nobody sets. */
  let retryAt = 0;
  /** Halved when the server cannot take a request as it is. */
  let mostEvents = BATCH_EVENTS;

  const schedule = (ms: number) => {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => {
      dueAt = Number.POSITIVE_INFINITY;
      drain().catch(onError);
    }, ms);
  };

  const askedMs = () => {
    const ms = Number(kept.get('not-before')) - Date.now();
    return ms <= LONGEST_WAIT_MS ? ms : 0;
  };
  const waitMs = () => Math.max(0, retryAt - performance.now(), askedMs());

  const backOff = (error: unknown, askedMs: number | null = null) => {
    failures += 1;
    const jitter = Math.random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures);
    const waitsMs = Math.min(askedMs ?? 0, LONGEST_WAIT_MS);
    retryAt = performance.now() + waitsMs + jitter;
    // Kept, so that a reload and the other tabs wait as well.
    if (waitsMs > 0) kept.set('not-before', String(Date.now() + waitsMs));
    onError(error);
  };

  /** Whether the server has decided about all of them. */
  const settle = async (events: readonly QueuedEvent[], receipts: readonly ClientReceipt[]) => {
    const settled = events.flatMap(({ key, eventType }, at) => {
      const receipt = receipts[at];
      return receipt && !(receipt.status === 'rejected' && receipt.retryable) ? [{ key, eventType, receipt }] : [];
    });
    await (await queue()).remove(settled.map(({ key }) => key));
    deps.onReceipts(settled);
    return settled.length === events.length;
  };

  /** False when nothing is left or something stands in the way. */
  const sendOne = async (): Promise<boolean> => {
    if (!deps.mayTrack() || waitMs() > 0) return false;
    const store = await queue();
    const next = takeBatch(await store.oldest(mostEvents));
    if (next.length === 0) return false;
    let skew: number;
    try {
      skew = await clock.ask();
    } catch (error) {
      backOff(error);
      return false;
    }
    // What is sent must be what a retry sends, after a crash too: the times are kept before they leave.
    const keys = next.map(({ key }) => key);
    const events = await store.stamp(keys, skew).catch((error) => {
      // A full device takes no times, and what is on it must not wait until it has room: a retry works out the same ones.
      onError(error);
      return deps.mayTrack() ? next.map((event) => stamp(event, skew)) : [];
    });
    // Deleted meanwhile, by whoever withdrew the consent.
    if (events.length === 0) return true;
    const sent = await transport.send(requestOf(events));
    return settleSent(events, sent);
  };

  const settleSent = async (events: readonly QueuedEvent[], sent: Sent): Promise<boolean> => {
    if (sent.kind === 'later') {
      backOff(sent.error, sent.retryAfterMs);
      return false;
    }
    if (sent.kind === 'refused') {
      onError(new Error(`The server answered ${sent.status} to ${events.length} events.`));
      if (events.length === 1) await settle(events, [{ status: 'dropped', reason: 'unsendable' }]);
      mostEvents = Math.max(1, events.length >> 1);
      return true;
    }
    mostEvents = Math.min(BATCH_EVENTS, mostEvents * 2);
    if (await settle(events, sent.receipts)) {
      failures = 0;
      return true;
    }
    backOff(new Error('The server asks to send some events again.'));
    return false;
  };

  const drain = async (): Promise<number> => {
    running ??= inTurn().finally(() => {
      running = null;
    });
    await running;
    const left = await (await queue()).size();
    if (left > 0 && deps.mayTrack()) schedule(Math.max(waitMs(), SOON_MS));
    return left;
  };

  /** One tab at a time. Where the browser has no locks two may send the same event; the server stores it once. */
  const inTurn = async () => {
    const sendAll = async () => {
      while (await sendOne());
    };
    const { shared } = await queue();
    await (shared && navigator.locks ? navigator.locks.request(deps.turn, sendAll) : sendAll());
  };

  addEventListener('online', () => {
    retryAt = 0;
    schedule(waitMs());
  });

  return {
    wake: (batchIsFull) => schedule(Math.max(batchIsFull ? 0 : SOON_MS, waitMs())),
    drain,
    askedToWait: () => askedMs() > 0,
  };
}
