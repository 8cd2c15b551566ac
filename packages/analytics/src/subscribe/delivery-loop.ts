import { setMaxListeners } from 'node:events';
import { dueSubscriptions } from '@tallymark/prisma/stores/subscriptions-lease';
import { backoffMs } from '../ingest/backoff.ts';
import type { Subscriber, TurnDeps } from './subscriber.ts';
import { SubscriptionTurn } from './subscription-turn.ts';

export interface LoopDeps extends Omit<TurnDeps, 'signal'> {
  /** How often an idle loop looks for something to deliver. */
  readonly pollMs: number;
  /** Webhooks that are delivered to at the same time; one that is slow takes one place. */
  readonly webhooksAtOnce: number;
  /** Called before each look: what has been registered since gets its checkpoint. */
  readonly prepare: () => Promise<void>;
  readonly handler: (name: string) => Omit<Subscriber, 'stopping'> | undefined;
  readonly handlers: () => readonly string[];
  /** Null where this process delivers to no webhooks. */
  readonly webhook:
    | ((name: string, types: readonly string[], signal: AbortSignal) => Omit<Subscriber, 'stopping'>)
    | null;
}

/** For turns to end in after their requests were broken off. */
const BREAK_OFF_MS = 1_000;

interface RunningTurn {
  readonly webhook: boolean;
  stopping: boolean;
  done: Promise<void>;
}

/** Looks for subscriptions that have something to be delivered, and takes a turn at each, side by side. */
export class DeliveryLoop {
  private readonly turns = new Map<string, RunningTurn>();
  private readonly abort = new AbortController();
  private running: Promise<void> | null = null;
  private stopping = false;
  private woken = false;
  /** A webhook waits for a place. */
  private crowded = false;
  private endPause: () => void = () => {};

  constructor(private readonly deps: LoopDeps) {
    // One listener for each request under way; more than ten are no leak.
    setMaxListeners(0, this.abort.signal);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Looks at once instead of when the pause is over. */
  wake(): void {
    this.woken = true;
    this.endPause();
  }

  /** Ends the turn at one subscription after the batch in hand. */
  async leave(name: string): Promise<void> {
    const turn = this.turns.get(name);
    if (!turn) return;
    turn.stopping = true;
    await turn.done;
  }

  /** Ends every turn after the batch in hand, and requests that last longer than `deadlineMs` before they are answered. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    this.wake();
    const ended = Promise.all([this.running, ...[...this.turns.values()].map(({ done }) => done)]);
    const inTime = await endsWithin(ended, deadlineMs);
    this.abort.abort();
    if (inTime) return;
    this.deps.log.warn('deliveries were under way at the deadline; they will be repeated');
    // Requests end at once; their turns still have to note that, and to hand their leases on.
    await endsWithin(ended, BREAK_OFF_MS);
  }

  private async run(): Promise<void> {
    let attempt = 0;
    while (!this.stopping) {
      this.woken = false;
      let waitMs = this.deps.pollMs;
      try {
        await this.look();
        attempt = 0;
      } catch (error) {
        attempt += 1;
        waitMs = Math.max(waitMs, backoffMs(attempt));
        this.deps.log.error({ err: error, attempt, retryInMs: waitMs }, 'subscriptions cannot be looked at');
      }
      await this.pauseOrWake(waitMs);
    }
  }

  private async look(): Promise<void> {
    await this.deps.prepare();
    this.crowded = false;
    for (const { name, kind, eventTypes } of await dueSubscriptions(this.deps.prisma, this.deps.handlers())) {
      if (this.stopping || this.turns.has(name)) continue;
      const webhook = kind === 'webhook';
      if (webhook && this.webhooksUnderWay() >= this.deps.webhooksAtOnce) {
        this.crowded = true;
        continue;
      }
      const subscriber = webhook ? this.deps.webhook?.(name, eventTypes, this.abort.signal) : this.deps.handler(name);
      if (subscriber) this.take(subscriber, webhook);
    }
  }

  private webhooksUnderWay(): number {
    return [...this.turns.values()].filter(({ webhook }) => webhook).length;
  }

  private take(subscriber: Omit<Subscriber, 'stopping'>, webhook: boolean): void {
    const { name } = subscriber;
    const turn: RunningTurn = { webhook, stopping: false, done: Promise.resolve() };
    const stopping = () => turn.stopping || this.stopping;
    const deps = { ...this.deps, signal: this.abort.signal };
    turn.done = new SubscriptionTurn(deps, { ...subscriber, stopping })
      .take()
      .catch((error: unknown) => {
        this.deps.log.error({ err: error, subscription: name }, 'a turn failed; it goes on from its checkpoint');
        return 'idle' as const;
      })
      .then((outcome) => {
        this.turns.delete(name);
        if (outcome === 'more' || this.crowded) this.wake();
      });
    this.turns.set(name, turn);
  }

  private pauseOrWake(ms: number): Promise<void> {
    if (this.woken || this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
