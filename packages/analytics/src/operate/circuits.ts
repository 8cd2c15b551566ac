import { hostname } from 'node:os';
import type { Settings } from '@tallymark/contract/settings';
import { sqlStateOf } from '@tallymark/prisma/sql-state';
import { CircuitBoard } from '@tallymark/redis/circuit-board';
import type { RedisClient } from '@tallymark/redis/connect';
import type { Logger } from 'pino';
import { writeCircuit } from '../ingest/write-circuit.ts';
import { Circuit } from './circuit.ts';

export interface CircuitsOptions {
  readonly settings: Pick<Settings, 'TRACKING_CIRCUIT_FAILURES' | 'TRACKING_CIRCUIT_OPEN_MS'>;
  readonly redis: RedisClient;
  /** Of the process, as Postgres, Redis and the log know it. */
  readonly name: string;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** How often a process says how its circuits are, beside every change. */
const WRITE_EVERY_MS = 10_000;
/** Connection failures, and a server that goes down or comes up. That no connection is free only says that many ask. */
const UNREACHABLE = /^(08|57P0)/;

/** The circuit breakers of a process. After `start()` it tells of them where every process can read it. */
export class Circuits {
  readonly writes: Circuit;
  readonly reports: Circuit;
  private readonly board: CircuitBoard;
  private readonly process: string;
  private readonly now: () => Date;
  private timer: NodeJS.Timeout | null = null;
  private writing = Promise.resolve();

  constructor(private readonly options: CircuitsOptions) {
    const { settings, redis, name, log, now = () => new Date() } = options;
    const { TRACKING_CIRCUIT_FAILURES: failures, TRACKING_CIRCUIT_OPEN_MS: openMs } = settings;
    const limits = { log, failures, openMs, now };
    this.writes = writeCircuit(limits);
    // A question may take too long or ask too much by itself; only a database that is away speaks against the next one.
    this.reports = new Circuit({ ...limits, circuit: 'reports', counts: isUnreachable });
    this.board = new CircuitBoard(redis);
    this.process = `${name}@${hostname()}:${process.pid}`;
    this.now = now;
  }

  start(): void {
    if (this.timer) return;
    const write = () => void this.write();
    this.timer = setInterval(write, WRITE_EVERY_MS);
    this.timer.unref();
    for (const circuit of [this.writes, this.reports]) circuit.onChange(write);
    write();
  }

  /** Before Redis is closed. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    await this.writing;
    await this.board.remove(this.process).catch(() => {});
  }

  /** One after another, so that the last state stays. Redis may be away: the next one tells it. */
  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      if (!this.timer) return;
      const circuits = [this.writes.status(), this.reports.status()];
      await this.board.write({ process: this.process, circuits }, this.now()).catch((error: unknown) => {
        this.options.log.debug({ err: error }, 'could not tell how the circuits are');
      });
    });
    return this.writing;
  }
}

const isUnreachable = (error: unknown) => UNREACHABLE.test(sqlStateOf(error)?.state ?? '');
