import { NamedError } from '@tallymark/contract/named-error';

export type SubscriptionErrorCode = 'name_taken' | 'unknown_subscription' | 'unknown_event_type' | 'url_refused';

/** What an admin asked for cannot be done; the message says why. */
export class SubscriptionError extends NamedError {
  static override readonly errorName = 'SubscriptionError';
  constructor(
    readonly code: SubscriptionErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
