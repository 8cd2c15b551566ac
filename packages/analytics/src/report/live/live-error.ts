import { NamedError } from '@tallymark/contract/named-error';

export type LiveErrorCode = 'too_many' | 'unavailable' | 'closed';

/** A live stream that cannot be watched now. */
export class LiveError extends NamedError {
  static override readonly errorName = 'LiveError';
  constructor(
    readonly code: LiveErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
