import { IngestError } from '@tallymark/contract/errors';
import { CircuitOpen } from './circuit.ts';

/** Whole seconds after which what was refused may be asked again; null for an error that does not know. */
export const retryAfterOf = (error: unknown): number | null =>
  error instanceof IngestError || error instanceof CircuitOpen ? error.retryAfterSeconds : null;
