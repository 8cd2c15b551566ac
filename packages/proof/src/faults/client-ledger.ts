import { randomUUID } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Receipt } from '@tallymark/contract/receipt';
import { eventually } from '@tallymark/testing/eventually';
import type { Chance } from './chance.ts';
import { LedgerFile, type LedgerLine } from './ledger-file.ts';
import { type Outgoing, Traffic } from './traffic.ts';

export interface ClientOptions {
  readonly url: string;
  readonly ledgerPath: string;
  readonly chance: Chance;
  /** Whether events of aggregated types are sent too. */
  readonly aggregated: boolean;
  /** Default true. Without it each request has a connection of its own. */
  readonly keepAlive?: boolean;
}

const SENDERS = 4;
const LONGEST_GAP_MS = 150;
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_PAUSE_MS = 30;
/** A batch that has no receipts by then never gets them. */
const PATIENCE_MS = 60_000;
/** Without a single answer for so long, the way in is closed and nothing is under load. */
const NO_PROGRESS_MS = 20_000;
/** Repeats choose among so many of the latest events. */
const REMEMBERED = 500;

/** A client that sends until it is told to stop, gives no event up, and writes down all it knows. */
export class LedgerClient {
  readonly ledger: LedgerFile;
  private readonly traffic: Traffic;
  private readonly agent: Agent;
  private settled: Outgoing[] = [];
  private answered = 0;
  private lastOutcome: LedgerLine | undefined;
  private stopping = false;
  private abandoned = false;
  private senders: Promise<void>[] = [];
  private failure: unknown;

  constructor(private readonly options: ClientOptions) {
    this.ledger = new LedgerFile(options.ledgerPath);
    this.traffic = new Traffic(options.chance, options);
    this.agent = new Agent({ keepAlive: options.keepAlive ?? true });
  }

  start(): void {
    this.senders = Array.from({ length: SENDERS }, async () => {
      while (!this.stopping) {
        await this.sendUntilAnswered(this.traffic.batch(this.settled));
        // A steady load, not the most there can be: the machine also has to start what was killed.
        await pause(this.options.chance.between(0, LONGEST_GAP_MS));
      }
    });
    for (const sender of this.senders) {
      sender.catch((error: unknown) => {
        this.failure = error;
      });
    }
  }

  /** Waits for so many more requests to be answered, then for a random moment of the next ones. */
  async untilMoment(): Promise<void> {
    const { chance } = this.options;
    const target = this.answered + chance.between(3, 12);
    const check = () => {
      if (this.answered >= target || this.failure) return true;
      throw new Error(`The load does not get through; last: ${JSON.stringify(this.lastOutcome)}`);
    };
    await eventually(check, { timeoutMs: NO_PROGRESS_MS, intervalMs: 2 });
    if (this.failure) throw this.failure;
    // Not to wait for anything: it spreads the moments over the life of a request.
    await pause(chance.between(0, 25));
  }

  /** Waits until the server has refused a request, with 429 or 503. */
  async untilRefused(): Promise<void> {
    await eventually(() => this.lastOutcome?.kind === 'refused', { timeoutMs: NO_PROGRESS_MS, intervalMs: 2 });
  }

  /** How long a fresh event takes from now to be accepted. */
  async probe(): Promise<number> {
    const started = performance.now();
    await this.sendUntilAnswered([this.traffic.fresh()]);
    return performance.now() - started;
  }

  /** Sends no new events, and returns once each has its receipt. */
  async finish(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.senders);
    this.agent.destroy();
  }

  /** Stops where it is, for a test that has failed already. */
  abandon(): void {
    this.stopping = true;
    this.abandoned = true;
    this.agent.destroy();
  }

  private async sendUntilAnswered(batch: readonly Outgoing[]): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let open = batch; open.length > 0 && !this.abandoned; ) {
      if (performance.now() > deadline) throw new Error(`No receipts for ${open.length} events in ${PATIENCE_MS} ms.`);
      const { receipts, waitMs } = await this.attempt(open);
      this.remember(open.filter((_, at) => isTaken(receipts[at])));
      open = open.filter((_, at) => isOpen(receipts[at]));
      if (open.length > 0) await pause(waitMs);
    }
  }

  private async attempt(events: readonly Outgoing[]): Promise<{ receipts: readonly Receipt[]; waitMs: number }> {
    const attempt = randomUUID();
    this.ledger.append({ kind: 'sent', attempt, events: events.map(({ sent }) => sent) });
    const outcome = await this.post(attempt, JSON.stringify({ events: events.map(({ wire }) => wire) }));
    this.ledger.append(outcome);
    this.lastOutcome = outcome;
    if (outcome.kind === 'answered') this.answered += 1;
    const waitMs = outcome.kind === 'refused' ? Number(outcome.retryAfter ?? 1) * 1_000 : RETRY_PAUSE_MS;
    return { receipts: outcome.kind === 'answered' ? outcome.receipts : [], waitMs };
  }

  private async post(attempt: string, body: string): Promise<Exclude<LedgerLine, { kind: 'sent' | 'fault' }>> {
    const started = performance.now();
    try {
      const { status, headers, text } = await this.exchange(attempt, body);
      if (status === 200) {
        const { receipts } = JSON.parse(text) as { receipts: Receipt[] };
        return { kind: 'answered', attempt, receipts, ms: performance.now() - started };
      }
      if (status === 429 || status === 503) {
        return { kind: 'refused', attempt, status, retryAfter: headers['retry-after'] ?? null };
      }
      if (status < 500) throw new Error(`The server calls a well-formed request wrong: ${status} ${text}`);
      return { kind: 'unknown', attempt, why: `status ${status}` };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      return code === 'ECONNREFUSED' ? { kind: 'unsent', attempt } : { kind: 'unknown', attempt, why: code };
    }
  }

  private exchange(attempt: string, body: string) {
    return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-correlation-id': attempt };
      const sending = request(
        `${this.options.url}/api/events`,
        { method: 'POST', agent: this.agent, headers, timeout: REQUEST_TIMEOUT_MS },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
          response.once('error', reject);
          response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        },
      );
      sending.once('error', reject);
      sending.once('timeout', () => sending.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })));
      sending.end(body);
    });
  }

  private remember(taken: readonly Outgoing[]): void {
    this.settled = [...this.settled, ...taken].slice(-REMEMBERED);
  }
}

const isTaken = (receipt: Receipt | undefined) => receipt?.status === 'accepted' || receipt?.status === 'duplicate';
const isOpen = (receipt: Receipt | undefined) =>
  receipt === undefined || (receipt.status === 'rejected' && receipt.retryable);
