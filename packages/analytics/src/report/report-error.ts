import { NamedError } from '@tallymark/contract/named-error';

export type ReportErrorCode =
  | 'invalid_period'
  | 'unknown_site'
  | 'unknown_segment'
  | 'unknown_event'
  | 'invalid_input'
  | 'too_expensive'
  | 'timed_out'
  | 'busy';

const RETRY_AFTER_SECONDS = 5;

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

  /** When it is worth asking again; null where the same question meets the same refusal. */
  get retryAfterSeconds(): number | null {
    return this.code === 'busy' ? RETRY_AFTER_SECONDS : null;
  }
}
