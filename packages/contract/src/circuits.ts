import { z } from 'zod';

const count = z.int().min(0);

/** What a circuit breaker stands around: writes of events into Postgres, and the questions of reports. */
export const CIRCUITS = ['writes', 'reports'] as const;
export type CircuitName = (typeof CIRCUITS)[number];

/** `closed`: calls go through. `open`: they are refused at once. `half_open`: one goes through, to see whether it can. */
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;

/** A circuit breaker of one process. */
export const circuitStatus = z.object({
  circuit: z.enum(CIRCUITS),
  state: z.enum(CIRCUIT_STATES),
  since: z.iso.datetime(),
  /** Failures in a row. */
  failures: count,
  /** How often it opened since the process began. */
  opened: count,
  /** What failed last since the process began, also where calls have gone through again. */
  lastFailure: z.object({ at: z.iso.datetime(), reason: z.string() }).nullable(),
});
export type CircuitStatus = z.infer<typeof circuitStatus>;

export const processCircuits = z.object({
  /** `name@host:pid` of the process. */
  process: z.string(),
  circuits: z.array(circuitStatus),
});
export type ProcessCircuits = z.infer<typeof processCircuits>;

/** The same as a process writes it down. `at`: when, in ms since 1970. */
export const writtenCircuits = processCircuits.extend({ at: z.number() });
