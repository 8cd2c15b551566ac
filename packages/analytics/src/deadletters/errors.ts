import { NamedError } from '@tallymark/contract/named-error';

export type DeadLetterErrorCode = 'not_found' | 'resolved' | 'unreadable' | 'invalid';

/** Why a dead letter cannot be shown, repaired or replayed as asked; the message says what to do about it. */
export class DeadLetterError extends NamedError {
  static override readonly errorName = 'DeadLetterError';

  constructor(
    readonly code: DeadLetterErrorCode,
    message: string,
  ) {
    super(message);
  }
}
