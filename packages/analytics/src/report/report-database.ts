import type { PrismaClient } from '@tallymark/prisma/client';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { sqlStateOf } from '@tallymark/prisma/sql-state';
import { applyReportLimits, type ExpectedWork, expectedWork } from '@tallymark/prisma/stores/report-limits';
import { ambientRequestContext } from '../ingest/ambient-context.ts';
import type { Circuit } from '../operate/circuit.ts';
import { EventReach, incompleteBefore } from './incomplete-answer.ts';
import { OwnTurns } from './own-turns.ts';
import { ReportError } from './report-error.ts';

export interface ReportDatabaseOptions {
  /** Where reports read: a replica, or the database itself. */
  readonly prisma: PrismaClient;
  /** Of one statement. */
  readonly statementTimeoutMs?: number;
  /** Rows that the statements of one question may be expected to read. */
  readonly maxRows?: number;
  /** What the planner may expect them to cost, in its unit. */
  readonly maxCost?: number;
  /** Rows of visitors, one for each quarter of an hour that one was there in, that are counted exactly. Of more, sketches. */
  readonly exactVisits?: number;
  /** Refuses questions at once while the database is away. Without it each finds out for itself. */
  readonly circuit?: Circuit | null;
  /** Questions of one user that are answered at the same time; the others of theirs wait. */
  readonly mostOfOneUser?: number;
  /** Told how long each question took. */
  readonly onAnswered?: (question: string, ms: number) => void;
}

/** One transaction that a question is answered in. */
export interface ReportReader extends SqlExecutor {
  /** Up to how many rows visitors are counted exactly. */
  readonly exactVisits: number;
  /**
   * Lets a statement pass with which the question is not expected to read more rows, or to cost more, than is allowed.
   * @throws ReportError `too_expensive` that says how much it would be, and `narrow`: what to ask for instead.
   */
  readonly afford: (sql: string, parameters: readonly unknown[], narrow: string) => Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 10_000;
const MAX_ROWS = 3_000_000;
/** Some two to three seconds of one core. */
const MAX_COST = 600_000;
/** Some 15 ms of one core. */
const EXACT_VISITS = 20_000;
const CANCELLED = '57014';
/** No connection was free in time. */
const NO_CONNECTION = '53300';
/** Of the five connections that reports have by default. */
const MOST_OF_ONE_USER = 3;

/** Where questions are asked: read-only transactions with a limit on time and rows. */
export class ReportDatabase {
  private readonly options: Required<ReportDatabaseOptions>;
  private readonly turns: OwnTurns;

  constructor(options: ReportDatabaseOptions) {
    this.options = {
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      maxRows: MAX_ROWS,
      maxCost: MAX_COST,
      exactVisits: EXACT_VISITS,
      circuit: null,
      mostOfOneUser: MOST_OF_ONE_USER,
      onAnswered: () => {},
      ...options,
    };
    this.turns = new OwnTurns(this.options.mostOfOneUser);
  }

  /**
   * What `work` answers. Where it needed events that retention may have removed, the scope it tells says from when on it is
   * complete.
   * @throws ReportError `timed_out` when a statement takes too long, `too_expensive` before one would, `busy` while others
   *   have all connections; CircuitOpen while the database is away.
   */
  async answer<Answer>(question: string, work: (db: ReportReader) => Promise<Answer>): Promise<Answer> {
    const { circuit, statementTimeoutMs, onAnswered } = this.options;
    const started = performance.now();
    const attempt = () => this.attempt(work);
    const user = ambientRequestContext().session?.userId;
    const end = user === undefined ? () => {} : await this.turns.take(user, statementTimeoutMs);
    if (end === null) throw busy(question);
    try {
      return await (circuit ? circuit.run(attempt) : attempt());
    } catch (error) {
      const state = sqlStateOf(error)?.state;
      if (state === NO_CONNECTION) throw busy(question, error);
      if (state !== CANCELLED) throw error;
      throw new ReportError(
        'timed_out',
        `The question "${question}" took longer than ${statementTimeoutMs} ms. Ask for a shorter period or add a filter; ` +
          'TRACKING_REPORT_TIMEOUT_MS sets the limit.',
        { cause: error },
      );
    } finally {
      end();
      onAnswered(question, performance.now() - started);
    }
  }

  private attempt<Answer>(work: (db: ReportReader) => Promise<Answer>): Promise<Answer> {
    const { prisma, statementTimeoutMs } = this.options;
    return prisma.$transaction(
      async (tx) => {
        await applyReportLimits(tx, { statementTimeoutMs, applicationName: 'tallymark-report' });
        const reach = new EventReach();
        const answer = await work(this.reader(tx, reach));
        // Only now: a run of retention that took something away meanwhile is on record by then.
        const missing = await reach.missingBefore(tx);
        return missing === null ? answer : incompleteBefore(answer, missing);
      },
      { maxWait: statementTimeoutMs, timeout: 4 * statementTimeoutMs },
    );
  }

  private reader(tx: SqlExecutor, reach: EventReach): ReportReader {
    const budget = new Budget(this.options);
    return {
      exactVisits: this.options.exactVisits,
      $queryRaw: (query, ...values) => tx.$queryRaw(query, ...values),
      $executeRaw: (query, ...values) => tx.$executeRaw(query, ...values),
      $queryRawUnsafe: (query, ...values) => {
        reach.note(query, values);
        return tx.$queryRawUnsafe(query, ...values);
      },
      $executeRawUnsafe: (query, ...values) => tx.$executeRawUnsafe(query, ...values),
      afford: async (sql, parameters, narrow) => budget.spend(await expectedWork(tx, sql, parameters), narrow),
    };
  }
}

const busy = (question: string, cause?: unknown) =>
  new ReportError('busy', `Other questions are being answered, and "${question}" has waited too long. Ask again.`, {
    cause,
  });

/** What one question may read and cost, all of its statements together. */
class Budget {
  private rows = 0;
  private cost = 0;

  constructor(private readonly limits: { readonly maxRows: number; readonly maxCost: number }) {}

  spend({ rows, cost }: ExpectedWork, narrow: string): void {
    const { maxRows, maxCost } = this.limits;
    this.rows += rows;
    this.cost += cost;
    if (this.rows <= maxRows && this.cost <= maxCost) return;
    const shown = (count: number) => Math.round(count).toLocaleString('en');
    throw new ReportError(
      'too_expensive',
      `This would read about ${shown(this.rows)} rows at a cost of ${shown(this.cost)}, and ${shown(maxRows)} at ` +
        `${shown(maxCost)} are allowed (TRACKING_REPORT_MAX_ROWS, TRACKING_REPORT_MAX_COST). ${narrow}`,
    );
  }
}
