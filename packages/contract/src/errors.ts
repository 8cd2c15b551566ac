import { NamedError } from './named-error.ts';

/** Errors that concern a whole request. A single bad event never raises one: it gets a `rejected` receipt. */
export const INGEST_ERRORS = {
  buffer_full: {
    status: 429,
    message: 'The buffer is full. Nothing of this request was accepted; send it again after Retry-After seconds.',
  },
  stores_unavailable: {
    status: 503,
    message:
      'Neither Redis nor Postgres can take events. Nothing was accepted; send it again after Retry-After seconds.',
  },
  shutting_down: {
    status: 503,
    message: 'This instance is shutting down. Send the request again after Retry-After seconds.',
  },
} as const satisfies Record<string, { status: number; message: string }>;
export type IngestErrorCode = keyof typeof INGEST_ERRORS;

/** A refusal of a whole request. HTTP callers see `status` and a Retry-After header. */
export class IngestError extends NamedError {
  static override readonly errorName = 'IngestError';
  readonly status: number;

  constructor(
    readonly code: IngestErrorCode,
    /** Whole seconds, at least 1. */
    readonly retryAfterSeconds: number,
    options?: { cause?: unknown },
  ) {
    super(INGEST_ERRORS[code].message, options);
    this.status = INGEST_ERRORS[code].status;
  }
}
