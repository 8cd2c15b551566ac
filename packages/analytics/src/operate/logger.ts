import { type DestinationStream, type Logger, pino } from 'pino';
import { ambientRequestContext } from '../ingest/ambient-context.ts';

export interface LoggerOptions {
  readonly level: string;
  /** The process that logs. */
  readonly name: string;
  readonly destination?: DestinationStream;
}

/** Lines of JSON; each that is written while a request is worked on carries its correlation id. */
export function createLogger({ level, name, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service: name },
    mixin: () => {
      const { correlationId } = ambientRequestContext();
      return correlationId ? { correlationId } : {};
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
