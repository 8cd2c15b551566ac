import { appendFileSync, readFileSync } from 'node:fs';
import type { Receipt } from '@tallymark/contract/receipt';

/** An event as the oracle remembers it. */
export interface SentEvent {
  readonly key: string;
  /** Of what must be stored, by the oracle's own reckoning; see `contentHash`. */
  readonly hash: string;
  readonly eventType: string;
  readonly sessionId: string;
  /** Whether the tracking plan allows it. */
  readonly valid: boolean;
}

/** One line of the file. Whatever the server did with an `unknown` attempt is not known; `unsent` never reached it. */
export type LedgerLine =
  | { readonly kind: 'sent'; readonly attempt: string; readonly events: readonly SentEvent[] }
  | { readonly kind: 'answered'; readonly attempt: string; readonly receipts: readonly Receipt[]; readonly ms: number }
  | { readonly kind: 'refused'; readonly attempt: string; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'unknown'; readonly attempt: string; readonly why: string }
  | { readonly kind: 'unsent'; readonly attempt: string }
  | { readonly kind: 'fault'; readonly what: string };

/** A file that knows, whatever dies, what was sent and what was answered. Each line is written before the next step. */
export class LedgerFile {
  constructor(readonly path: string) {}

  append(line: LedgerLine): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }

  lines(): LedgerLine[] {
    const text = readFileSync(this.path, 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LedgerLine]));
  }
}

export interface Attempt {
  readonly id: string;
  readonly events: readonly SentEvent[];
  outcome: Exclude<LedgerLine, { kind: 'sent' | 'fault' }> | null;
  /** A process or a store was killed while it was under way. */
  faulty: boolean;
}

/** The attempts of a file in the order they were sent. */
export function attemptsOf(lines: readonly LedgerLine[]): Attempt[] {
  const attempts = new Map<string, Attempt>();
  const underWay = new Set<Attempt>();
  for (const line of lines) {
    if (line.kind === 'fault') {
      for (const attempt of underWay) attempt.faulty = true;
    } else if (line.kind === 'sent') {
      const attempt: Attempt = { id: line.attempt, events: line.events, outcome: null, faulty: false };
      attempts.set(line.attempt, attempt);
      underWay.add(attempt);
    } else {
      const attempt = attempts.get(line.attempt);
      if (!attempt) throw new Error(`The ledger has an outcome for ${line.attempt}, which was never sent.`);
      attempt.outcome = line;
      underWay.delete(attempt);
    }
  }
  return [...attempts.values()];
}
