import { Redis, type RedisOptions } from 'ioredis';

/** A connection for jobs, and what their keys start with. Whoever opens it closes it, after the last queue or worker on it. */
export interface JobConnection {
  readonly redis: Redis;
  readonly keyPrefix: string;
}

export interface JobConnectionOptions {
  readonly url: string;
  /** Starts every key of the product; those of jobs go on with `:jobs`. */
  readonly prefix: string;
  /** Shown in `CLIENT LIST`. */
  readonly name: string;
  readonly onError?: (error: Error) => void;
}

/** After this the outcome of a producer's command counts as unknown. */
const COMMAND_TIMEOUT_MS = 1_500;
const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 1_000;

/**
 * For processes that hand out jobs: while Redis is away a command is refused at once, because what needs the job is found
 * again by a sweep or asked for again by a person. All queues of a process share it. Reconnects for ever.
 */
export function connectJobProducer(options: JobConnectionOptions): JobConnection {
  return connect(options, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/**
 * For processes that work on jobs: commands wait until Redis is back, so that the outcome of a job is not dropped. All
 * workers of a process share it; each opens a second one for the command it blocks in.
 */
export function connectJobWorkers(options: JobConnectionOptions): JobConnection {
  return connect(options, { maxRetriesPerRequest: null });
}

/** Ends the connection at once; what is under way on it is rejected. */
export function disconnectJobs({ redis }: JobConnection): void {
  redis.disconnect();
}

function connect({ url, prefix, name, onError }: JobConnectionOptions, kind: RedisOptions): JobConnection {
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RECONNECT_PAUSE_MS),
    ...kind,
  });
  // Without a listener every failed reconnect would be an unhandled 'error' event.
  redis.on('error', onError ?? (() => {}));
  // Not ioredis' own keyPrefix: BullMQ builds names of keys inside its scripts.
  return { redis, keyPrefix: `${prefix}:jobs` };
}
