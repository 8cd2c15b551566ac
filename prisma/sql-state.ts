import { type DriverAdapterError, isDriverAdapterError } from '@prisma/driver-adapter-utils';

export interface SqlState {
  /** The five characters Postgres answered with, or the nearest one for what never reached it. */
  readonly state: string;
  /** The constraint that was violated. Null for a row without a partition (23514), and wherever Postgres names none. */
  readonly constraint: string | null;
}

const CONNECTION_FAILURE = '08006';

/** What PrismaPg reports without a SQLSTATE, because it never came from Postgres. */
const STATE_OF_KIND: Partial<Record<DriverAdapterError['cause']['kind'], string>> = {
  DatabaseNotReachable: CONNECTION_FAILURE,
  ConnectionClosed: CONNECTION_FAILURE,
  SocketTimeout: CONNECTION_FAILURE,
  TlsConnectionError: CONNECTION_FAILURE,
  TransactionAlreadyClosed: '25P01',
  TransactionWriteConflict: '40001',
  TooManyConnections: '53300',
};

/** Prisma's codes for the same, where an error has lost its cause on the way, and Node's own. */
const STATE_OF_CODE: Readonly<Record<string, string>> = {
  P1000: '28P01',
  P1001: CONNECTION_FAILURE,
  P1002: CONNECTION_FAILURE,
  P1008: CONNECTION_FAILURE,
  P1011: CONNECTION_FAILURE,
  P1017: CONNECTION_FAILURE,
  P1018: '25P01',
  P2024: '53300',
  P2034: '40001',
  P2037: '53300',
  ECONNREFUSED: CONNECTION_FAILURE,
  ECONNRESET: CONNECTION_FAILURE,
  EPIPE: CONNECTION_FAILURE,
  ENOTFOUND: CONNECTION_FAILURE,
  EAI_AGAIN: CONNECTION_FAILURE,
  ETIMEDOUT: CONNECTION_FAILURE,
  EHOSTUNREACH: CONNECTION_FAILURE,
  ENETUNREACH: CONNECTION_FAILURE,
  ENOENT: CONNECTION_FAILURE, // the Unix socket is gone
};

/** pg's own errors carry a sentence and nothing else. */
const CONNECTION_SENTENCE =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|Cannot use a pool after calling end)/;

/** One code, P2028, for four things that can be wrong with an interactive transaction. */
const TRANSACTION_SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/expired transaction/, '25P03'], // ran longer than its `timeout` and was rolled back
  [/Unable to start a transaction/, '53300'], // no connection was free within `maxWait`
  [/Transaction (not found|already closed)/, '25P01'],
];

const SQLSTATE = /^[0-9A-Z]{5}$/;
const DEEPEST_CAUSE = 5;

/**
 * The SQLSTATE of whatever Prisma threw: from a raw statement, a model call, the start, commit or timeout of a
 * transaction, or a connection that failed. Looks through `cause`. Null for what is no database error (a validation
 * error, a bug). Codes of class 08 and 53, and 25P01 and 25P03, may also stand for what happened on this side.
 */
export function sqlStateOf(error: unknown): SqlState | null {
  let current: unknown = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth++) {
    const found = ownState(current);
    if (found) return found;
    current = current.cause;
  }
  return null;
}

function ownState(error: Error & { code?: unknown; meta?: { driverAdapterError?: unknown } }): SqlState | null {
  const adapterError = error.meta?.driverAdapterError ?? error;
  if (adapterError instanceof Error && isDriverAdapterError(adapterError)) {
    const { cause } = adapterError;
    const state = cause.originalCode ?? (cause.kind === 'postgres' ? cause.code : STATE_OF_KIND[cause.kind]);
    if (state && SQLSTATE.test(state)) return { state, constraint: constraintOf(state, cause) };
  }
  const state = typeof error.code === 'string' ? STATE_OF_CODE[error.code] : undefined;
  if (state) return { state, constraint: null };
  if (error.code === 'P2028') {
    const sentence = TRANSACTION_SENTENCES.find(([pattern]) => pattern.test(error.message));
    return { state: sentence?.[1] ?? '25000', constraint: null };
  }
  return CONNECTION_SENTENCE.test(error.message) ? { state: CONNECTION_FAILURE, constraint: null } : null;
}

function constraintOf(state: string, cause: DriverAdapterError['cause']): string | null {
  if ('constraint' in cause && cause.constraint && 'index' in cause.constraint) return cause.constraint.index;
  if (state !== '23514') return null;
  // PrismaPg drops the name of a check, so it is read from the sentence, which quotes the table and then the check; the
  // sentence about a missing partition quotes a table only. Languages differ in their quotes, not in that.
  const quoted = cause.originalMessage?.match(/(?<=["„“«»‹「『])[^"„“”«»›」』\s]+(?=["“”«»›」』])/gu) ?? [];
  return quoted.length > 1 ? (quoted.at(-1) ?? null) : null;
}
