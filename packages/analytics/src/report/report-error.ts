import { NamedError } from '@tallymark/contract/named-error';

export type ReportErrorCode =
  | 'invalid_period'
  | 'unknown_site'
  | 'unknown_segment'
  | 'unknown_event'
  | 'invalid_input'
  | 'too_expensive'
  | 'timed_out';

/** A question that is not answered, and what to ask instead. */
export class ReportError extends NamedError {
  static override readonly errorName = 'ReportError';
  constructor(
    readonly code: ReportErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
