import { IngestError } from '@tallymark/contract/errors';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { z } from 'zod';
import { retryAfterOf } from '../operate/retry-after.ts';
import { ReportError } from '../report/report-error.ts';

/** Why a question got no answer, as the caller hears of it. */
export interface Refusal {
  readonly status: number;
  /** In lower case with underscores, such as `bad_request` or `too_expensive`. */
  readonly code: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that is refused before any procedure hears of it. */
export class RequestRefused extends Error implements Refusal {
  override readonly name = 'RequestRefused';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export const badRequest = (message: string) => new RequestRefused(400, 'bad_request', message);

/** How an error is put to the caller; null for one that is nobody's business but the log's. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof RequestRefused) return error;
  if (error instanceof IngestError) return { ...waiting(error), code: error.code, message: error.message };
  if (!(error instanceof TRPCError) || error.code === 'INTERNAL_SERVER_ERROR') return null;
  const { cause } = error;
  if (cause instanceof IngestError) return refusalOf(cause);
  const retryAfter = retryAfterOf(cause);
  return {
    status: getHTTPStatusCodeFromError(error),
    code: cause instanceof ReportError ? cause.code : error.code.toLowerCase(),
    message: cause instanceof z.ZodError ? issuesOf(cause) : error.message,
    headers: retryAfter === null ? {} : { 'retry-after': String(retryAfter) },
  };
}

const waiting = ({ status, retryAfterSeconds }: IngestError) => ({
  status,
  headers: { 'retry-after': String(retryAfterSeconds) },
});

const issuesOf = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ');
