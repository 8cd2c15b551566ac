export type ReportErrorCode =
  | 'invalid_period'
  | 'unknown_site'
  | 'unknown_segment'
  | 'unknown_event'
  | 'invalid_input'
  | 'too_expensive'
  | 'timed_out';

/** A question that is not answered, and what to ask instead. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  constructor(
    readonly code: ReportErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
