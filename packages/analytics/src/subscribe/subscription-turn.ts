import { randomUUID } from 'node:crypto';
import type { AnyStoredEvent } from '@tallymark/contract/subscriptions';
import { sqlStateOf } from '@tallymark/prisma/sql-state';
import { EventLogFromElsewhere, type LogPosition } from '@tallymark/prisma/stores/event-log';
import {
  endReplay,
  keepReplay,
  type ReplayedLetter,
  takeReplay,
} from '@tallymark/prisma/stores/subscriptions-dead-letters';
import { readSubscribedEvents } from '@tallymark/prisma/stores/subscriptions-events';
import {
  type ClaimedSubscription,
  claimSubscription,
  releaseLease,
  renewLease,
} from '@tallymark/prisma/stores/subscriptions-lease';
import { beginAttempt, disableUnderLease, postpone, settle } from '@tallymark/prisma/stores/subscriptions-progress';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { DeliveryFailed, describeThrown, failureOf } from './delivery.ts';
import { type PageEvent, readPage } from './read-page.ts';
import { retryDelayMs } from './retry-policy.ts';
import type { Subscriber, TurnDeps } from './subscriber.ts';

/** Attempts beyond the last that may end with the process; then the batch is not touched again. */
const LOST_ATTEMPTS = 3;
/** Parts of one batch that may fail before the rest counts as no better: a receiver that refuses everything. */
const FAILED_PARTS = 32;
const ELSEWHERE_RETRY_MS = 60_000;

/** Thrown to leave a turn in the middle; the next one goes on from the last checkpoint. */
class TurnEnded extends Error {
  override readonly name = 'TurnEnded';
}

const eventsOf = (part: readonly PageEvent[]) => part.map(({ event }) => event);

function endOf(part: readonly PageEvent[]): LogPosition {
  const last = part.at(-1);
  if (!last) throw new Error('A part of a batch has at least one event.');
  return last.after;
}

/**
 * One process's turn at one subscription: takes the lease, delivers batch by batch, moves the checkpoint behind each, and
 * hands the lease on. A process that is killed in between has delivered its batch or a part of it: whoever takes over,
 * once the lease has run out, delivers it again.
 */
export class SubscriptionTurn {
  private readonly held: { readonly name: string; readonly lease: string };
  private failedParts = 0;

  constructor(
    private readonly deps: TurnDeps,
    private readonly subscriber: Subscriber,
  ) {
    this.held = { name: subscriber.name, lease: randomUUID() };
  }

  /** `more` when it ended although there was something left to deliver. @throws what Postgres throws. */
  async take(): Promise<'idle' | 'more'> {
    const { prisma, log, leaseMs } = this.deps;
    const claimed = await claimSubscription(prisma, { ...this.held, leaseMs });
    if (!claimed) return 'idle';
    const heartbeat = setInterval(() => void this.renew(), leaseMs / 3);
    try {
      return await this.deliverAll(claimed);
    } catch (error) {
      if (error instanceof TurnEnded) return 'idle';
      // What Postgres says is for the loop, which tries again. Anything else would be so next time, too: admins see it.
      if (!(error instanceof EventLogFromElsewhere) && sqlStateOf(error) !== null) throw error;
      log.error({ err: error, subscription: this.held.name }, 'a subscription cannot go on');
      await postpone(prisma, this.held, { error: describeThrown(error), delayMs: ELSEWHERE_RETRY_MS });
      return 'idle';
    } finally {
      clearInterval(heartbeat);
      await releaseLease(prisma, this.held.name, this.held.lease).catch((error: unknown) => {
        log.warn({ err: error, subscription: this.held.name }, 'a lease could not be handed on; it runs out');
      });
    }
  }

  /** What was asked for goes first, except after a wait: what cannot be redelivered must not hold up what is new. */
  private async deliverAll({ position, postponed }: ClaimedSubscription): Promise<'idle' | 'more'> {
    if (!postponed) await this.redeliver();
    const outcome = await this.read(position);
    if (postponed) await this.redeliver();
    return outcome;
  }

  private async renew(): Promise<void> {
    const { prisma, log, leaseMs } = this.deps;
    try {
      await renewLease(prisma, { ...this.held, leaseMs });
    } catch (error) {
      log.warn({ err: error, subscription: this.held.name }, 'a lease could not be renewed');
    }
  }

  private async read(start: LogPosition): Promise<'idle' | 'more'> {
    const until = performance.now() + this.deps.turnMs;
    for (let from = start; !this.subscriber.stopping(); ) {
      const { events, end, exhausted } = await readPage(this.deps.prisma, from, this.subscriber.types);
      // Without an event that interests anybody, the checkpoint moves all the same.
      if (events.length === 0) await this.settle(end, { delivered: 0 });
      await this.deliverPage(events, end);
      if (exhausted) return 'idle';
      if (performance.now() >= until) return 'more';
      from = end;
    }
    return 'idle';
  }

  private async deliverPage(events: readonly PageEvent[], pageEnd: LogPosition): Promise<void> {
    const { batchSize, stopping } = this.subscriber;
    for (let at = 0; at < events.length; at += batchSize) {
      if (stopping()) throw new TurnEnded();
      const batch = events.slice(at, at + batchSize);
      const last = at + batchSize >= events.length;
      await this.deliverBatch(batch, last ? pageEnd : endOf(batch));
    }
  }

  private async deliverBatch(batch: readonly PageEvent[], end: LogPosition): Promise<void> {
    const { prisma } = this.deps;
    const { maxAttempts } = this.subscriber.retries;
    const begun = await beginAttempt(prisma, this.held);
    if (!begun) throw new TurnEnded();
    const { attempt, lastError } = begun;
    this.failedParts = 0;
    if (attempt > maxAttempts + LOST_ATTEMPTS) {
      const failure = new DeliveryFailed('The process ended each time this was delivered.', { divisible: false });
      await this.deadLetter(batch, end, failure, attempt - 1);
    } else if (attempt > maxAttempts) {
      const failure = new DeliveryFailed(lastError ?? 'The process ended in the last attempt.', { divisible: true });
      await this.isolate(batch, end, failure, attempt);
    } else {
      const failure = await this.attempt(eventsOf(batch));
      if (!failure) await this.settle(end, { delivered: batch.length });
      else if (attempt < maxAttempts) await this.tryLater(failure, attempt);
      else await this.isolate(batch, end, failure, attempt);
    }
  }

  /** Null is a success. */
  private async attempt(events: AnyStoredEvent[]): Promise<DeliveryFailed | null> {
    try {
      await this.subscriber.deliver(events);
      return null;
    } catch (error) {
      const failure = failureOf(error);
      if (this.deps.signal.aborted) throw new TurnEnded();
      const { name: subscription } = this.subscriber;
      this.deps.log.warn({ err: error, subscription, events: events.length }, 'a delivery failed');
      if (failure.facts.gone) {
        await disableUnderLease(this.deps.prisma, this.held, failure.message);
        throw new TurnEnded();
      }
      return failure;
    }
  }

  private async tryLater(failure: DeliveryFailed, attempt: number): Promise<never> {
    const delayMs = Math.max(retryDelayMs(this.subscriber.retries, attempt), failure.facts.retryAfterMs ?? 0);
    await postpone(this.deps.prisma, this.held, { error: describeThrown(failure), delayMs });
    throw new TurnEnded();
  }

  /** Halves what failed until the events to blame stand alone; the checkpoint follows, part by part. */
  private async isolate(
    part: readonly PageEvent[],
    end: LogPosition,
    failure: DeliveryFailed,
    attempt: number,
  ): Promise<void> {
    this.failedParts += 1;
    if (part.length === 1 || !failure.facts.divisible || this.failedParts > FAILED_PARTS) {
      await this.deadLetter(part, end, failure, attempt);
      return;
    }
    const middle = Math.ceil(part.length / 2);
    const first = part.slice(0, middle);
    for (const [half, halfEnd] of [
      [first, endOf(first)],
      [part.slice(middle), end],
    ] as const) {
      if (this.subscriber.stopping()) throw new TurnEnded();
      const failed = await this.attempt(eventsOf(half));
      if (failed) await this.isolate(half, halfEnd, failed, attempt);
      else await this.settle(halfEnd, { delivered: half.length });
    }
  }

  private async deadLetter(
    part: readonly PageEvent[],
    end: LogPosition,
    failure: DeliveryFailed,
    attempts: number,
  ): Promise<void> {
    const eventIds = part.map(({ event }) => event.id);
    const id = uuidV7(this.deps.now().getTime());
    const letter = { id, eventIds, error: describeThrown(failure), attempts };
    await this.settle(end, { delivered: 0, deadLetter: letter });
    this.deps.log.error(
      { err: failure, subscription: this.held.name, deadLetter: id, events: eventIds.length },
      'events were not delivered; they are kept as a dead letter of the subscription',
    );
  }

  private async settle(position: LogPosition, outcome: Omit<Parameters<typeof settle>[2], 'position'>): Promise<void> {
    if (await settle(this.deps.prisma, this.held, { position, ...outcome })) return;
    this.deps.log.warn({ subscription: this.held.name }, 'a lease ran out; what was delivered will be delivered again');
    throw new TurnEnded();
  }

  /** What was asked to be delivered again, each letter once. The rest waits for the next turn when the time is over. */
  private async redeliver(): Promise<void> {
    const until = performance.now() + this.deps.turnMs;
    while (!this.subscriber.stopping()) {
      const letter = await takeReplay(this.deps.prisma, this.held);
      if (!letter) return;
      const failure = await this.redeliverLetter(letter);
      // Not of these events' making: the other letters would only get the same answer, while what is new waits.
      if (failure && !failure.facts.divisible) await this.tryLater(failure, 1);
      if (performance.now() >= until) return;
    }
  }

  /** Where the turn ends before it is known what became of the letter, it stays asked for. Null is a success. */
  private async redeliverLetter({ id, eventIds }: ReplayedLetter): Promise<DeliveryFailed | null> {
    const { prisma } = this.deps;
    try {
      const events = await readSubscribedEvents(prisma, eventIds, null);
      const failure = events.length === 0 ? null : await this.attempt(events);
      const error = failure === null ? null : describeThrown(failure);
      if (!(await endReplay(prisma, this.held, { id, error }))) throw new TurnEnded();
      return failure;
    } catch (error) {
      if (error instanceof TurnEnded) await keepReplay(prisma, id);
      throw error;
    }
  }
}
