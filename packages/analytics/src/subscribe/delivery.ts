import type { AnyStoredEvent } from '@tallymark/contract/subscriptions';

/** Hands events to whoever subscribed. Comes back when they have them for good; throws when they do not. */
export type Deliver = (events: AnyStoredEvent[]) => Promise<void>;

interface FailureFacts {
  /** The receiver asks not to be called before. */
  readonly retryAfterMs?: number;
  /** One of the events may be to blame, so that the others are worth a try without it. */
  readonly divisible: boolean;
  /** The receiver wants no more. */
  readonly gone?: boolean;
}

/** A delivery that did not succeed. Its message is kept beside the subscription and shown to admins. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';
  constructor(
    message: string,
    readonly facts: FailureFacts,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

const LONGEST_MESSAGE = 500;

/** What was thrown, as a sentence that Postgres can keep. Host code may throw anything. */
export function describeThrown(thrown: unknown): string {
  let text: string;
  try {
    text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  } catch {
    text = 'Something was thrown that cannot be shown.';
  }
  return text.slice(0, LONGEST_MESSAGE).toWellFormed().replaceAll('\0', '');
}

/** What a handler threw, as a failure. Any of its events may be the reason. */
export function failureOf(thrown: unknown): DeliveryFailed {
  if (thrown instanceof DeliveryFailed) return thrown;
  return new DeliveryFailed(describeThrown(thrown), { divisible: true }, { cause: thrown });
}
