import { NamedError } from '@tallymark/contract/named-error';

export type RetentionErrorCode =
  | 'already_running'
  | 'unknown_site'
  | 'unknown_type'
  | 'invalid_days'
  | 'unknown_rule'
  | 'invalid_month'
  | 'unknown_archive'
  | 'damaged_archive';

/** What a caller of retention or of a restore got wrong, or has to wait for. The message says what to do. */
export class RetentionError extends NamedError {
  static override readonly errorName = 'RetentionError';

  constructor(
    readonly code: RetentionErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
