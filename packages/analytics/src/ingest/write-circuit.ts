import { Circuit, type CircuitOptions } from '../operate/circuit.ts';
import { CheckpointMoved } from './flush-shard.ts';

/** The breaker around writes of events. A checkpoint in other hands is an answer of Postgres like any other. */
export const writeCircuit = (options: Omit<CircuitOptions, 'circuit' | 'counts'>) =>
  new Circuit({ ...options, circuit: 'writes', counts: (error) => !(error instanceof CheckpointMoved) });
