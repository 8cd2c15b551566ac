import { NamedError } from '@tallymark/contract/named-error';

export type AlertErrorCode = 'unknown_alert' | 'too_many' | 'built_in' | 'no_webhook' | 'other_kind';

/** What somebody wants of a rule cannot be done; the message says what can. */
export class AlertError extends NamedError {
  static override readonly errorName = 'AlertError';
  constructor(
    readonly code: AlertErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const unknownAlert = () => new AlertError('unknown_alert', 'There is no such rule; it may have been removed.');
