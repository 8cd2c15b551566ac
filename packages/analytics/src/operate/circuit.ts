import type { CircuitName, CircuitStatus } from '@tallymark/contract/circuits';
import { NamedError } from '@tallymark/contract/named-error';
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { Logger } from 'pino';

export interface CircuitOptions {
  readonly circuit: CircuitName;
  readonly log: Logger;
  /** Failures in a row that open it. */
  readonly failures?: number;
  /** How long it stays open before one call may try again; well below the 5 s after which events are taken again. */
  readonly openMs?: number;
  /** Whether an error speaks against what the circuit stands around. Default: every error does. */
  readonly counts?: (error: unknown) => boolean;
  readonly now?: () => Date;
}

/** Not tried: what it would have asked has failed too often. `retryInMs`: when one call may try again. */
export class CircuitOpen extends NamedError {
  static override readonly errorName = 'CircuitOpen';
  constructor(
    readonly circuit: CircuitName,
    readonly retryInMs: number,
    options: ErrorOptions,
  ) {
    super(`${SENTENCES[circuit]} It is tried again in ${Math.ceil(retryInMs / 1_000)} s.`, options);
  }

  /** Whole seconds, at least 1. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.retryInMs / 1_000));
  }
}

const SENTENCES: Readonly<Record<CircuitName, string>> = {
  writes: 'Postgres has taken no events several times in a row; what is accepted waits in the buffer.',
  reports: 'The database of the reports has not answered several times in a row.',
};
const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
} as const satisfies Record<CircuitState, CircuitStatus['state']>;
const LONGEST_REASON = 300;

/**
 * A circuit breaker. After several failures in a row it refuses calls at once, so that what is down is left in peace and
 * nobody waits for it; after a while one call probes, and the others wait for what becomes of it.
 */
export class Circuit {
  private readonly policy: CircuitBreakerPolicy;
  private readonly openMs: number;
  private readonly now: () => Date;
  private readonly listeners = new Set<() => void>();
  private since: Date;
  private probeAt = 0;
  private failures = 0;
  private opened = 0;
  private lastFailure: { readonly at: Date; readonly error: unknown } | null = null;

  constructor(private readonly options: CircuitOptions) {
    const { failures = 5, openMs = 2_000, counts = () => true, now = () => new Date() } = options;
    this.openMs = openMs;
    this.now = now;
    this.since = now();
    this.policy = circuitBreaker(handleWhen(counts), {
      halfOpenAfter: openMs,
      breaker: new ConsecutiveBreaker(failures),
    });
    this.policy.onSuccess(() => {
      this.failures = 0;
    });
    this.policy.onFailure(({ handled, reason }) => {
      if (!handled) return;
      this.failures += 1;
      this.lastFailure = { at: now(), error: 'error' in reason ? reason.error : reason };
    });
    this.policy.onStateChange((state) => this.changed(state));
  }

  /** @throws CircuitOpen instead of trying, or what `work` throws. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.policy.execute(work);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? this.refusal() : error;
    }
  }

  /**
   * For what only prepares a call: its failure counts as one, but that it went well does not prove that calls go through.
   * @throws CircuitOpen instead of trying, or what `work` throws.
   */
  async prepare<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.policy.state === CircuitState.Open && this.retryInMs > 0) throw this.refusal();
    try {
      return await work();
    } catch (error) {
      return this.run(() => Promise.reject(error));
    }
  }

  status(): CircuitStatus {
    const { lastFailure } = this;
    return {
      circuit: this.options.circuit,
      state: STATES[this.policy.state],
      since: this.since.toISOString(),
      failures: this.failures,
      opened: this.opened,
      lastFailure: lastFailure && { at: lastFailure.at.toISOString(), reason: reasonOf(lastFailure.error) },
    };
  }

  /** Calls the listener after each change of state. Returns what takes it off again. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private get retryInMs(): number {
    return Math.max(0, this.probeAt - performance.now());
  }

  private refusal(): CircuitOpen {
    return new CircuitOpen(this.options.circuit, this.retryInMs, { cause: this.lastFailure?.error });
  }

  private changed(state: CircuitState): void {
    const { circuit, log } = this.options;
    this.since = this.now();
    if (state === CircuitState.Open) {
      this.opened += 1;
      this.probeAt = performance.now() + this.openMs;
      log.warn({ circuit, failures: this.failures, err: this.lastFailure?.error }, 'circuit opened');
    }
    if (state === CircuitState.Closed) log.info({ circuit }, 'circuit closed');
    for (const listener of this.listeners) listener();
  }
}

/** The end says it: Prisma begins with what it was about to do. */
function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .trim()
    .slice(-LONGEST_REASON);
}
