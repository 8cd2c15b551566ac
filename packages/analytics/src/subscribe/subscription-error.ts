export type SubscriptionErrorCode = 'name_taken' | 'unknown_subscription' | 'unknown_event_type' | 'url_refused';

/** What an admin asked for cannot be done; the message says why. */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError';
  constructor(
    readonly code: SubscriptionErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
