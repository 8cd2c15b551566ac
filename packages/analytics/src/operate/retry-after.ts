import { IngestError } from '@tallymark/contract/errors';
import { ReportError } from '../report/report-error.ts';
import { CircuitOpen } from './circuit.ts';

/** Whole seconds after which what was refused may be asked again; null where that would change nothing. */
export const retryAfterOf = (error: unknown): number | null =>
  error instanceof IngestError || error instanceof ReportError || error instanceof CircuitOpen
    ? error.retryAfterSeconds
    : null;
