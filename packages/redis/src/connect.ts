import { Redis } from 'ioredis';

export type RedisClient = Redis;

export interface RedisOptions {
  readonly url: string;
  /** Starts every key. */
  readonly prefix: string;
  /** Shown in `CLIENT LIST`. */
  readonly name: string;
  /** After this a command's outcome counts as unknown. */
  readonly commandTimeoutMs?: number;
  readonly onError?: (error: Error) => void;
}

const COMMAND_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 1_000;

/**
 * A connection that fails fast: while Redis is away a command is refused at once instead of being queued, and one whose
 * reply got lost is never sent again behind the caller's back. Ingest has a second way in, and its retries carry ids.
 * Reconnects for ever. Close it with `quit()` or `disconnect()`.
 */
export function connectRedis(options: RedisOptions): RedisClient {
  const client = new Redis(options.url, {
    keyPrefix: `${options.prefix}:`,
    connectionName: options.name,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RECONNECT_PAUSE_MS),
  });
  // Without a listener every failed reconnect would be an unhandled 'error' event.
  client.on('error', options.onError ?? (() => {}));
  return client;
}

/** Resolves once the client can take commands, or after `timeoutMs` with false. */
export async function redisReady(client: RedisClient, timeoutMs: number): Promise<boolean> {
  if (client.status === 'ready') return true;
  return new Promise((resolve) => {
    const settle = (ready: boolean) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(ready);
    };
    const onReady = () => settle(true);
    const timer = setTimeout(() => settle(false), timeoutMs);
    client.once('ready', onReady);
  });
}
