export type LiveErrorCode = 'too_many' | 'unavailable' | 'closed';

/** A live stream that cannot be watched now. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  constructor(
    readonly code: LiveErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
