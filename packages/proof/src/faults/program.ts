import type { Guardian } from '@tallymark/local/guardian';
import { logSize, readLogFrom, tailOf } from '@tallymark/local/log-file';
import { type BackgroundProcess, type ProcessExit, sendSignal, startProcess } from '@tallymark/local/process';
import { projectRoot } from '@tallymark/local/project-root';
import { eventually } from '@tallymark/testing/eventually';

export interface ProgramOptions {
  /** Path of a script, TypeScript or not, absolute or from `cwd`, then its arguments. */
  readonly script: readonly [file: string, ...args: string[]];
  /** Default: the project's root. */
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly guardian: Guardian;
}

const READY_MS = 30_000;
const ENDING_MS = 60_000;
const LAST_LINES = 8;

/** One of our processes. It can be killed, and started again as often as needed. */
export class Program {
  private running: BackgroundProcess | undefined;
  private startedAt = 0;

  constructor(private readonly options: ProgramOptions) {}

  /** What the present process, or the last one, has written. */
  get output(): string {
    return readLogFrom(this.options.logFile, this.startedAt);
  }

  /** What all processes wrote since the first start. */
  get log(): string {
    return readLogFrom(this.options.logFile, 0);
  }

  get exit(): ProcessExit | undefined {
    return this.running?.exit();
  }

  /** Returns once the process has written `readyWord`; without one, once it runs. */
  async start(readyWord?: string): Promise<void> {
    const { script, cwd = projectRoot, env, logFile, guardian } = this.options;
    this.startedAt = logSize(logFile);
    const started = await startProcess({
      command: process.execPath,
      // Not the tsx command: it would put a process of its own between us and the one we mean to kill.
      args: ['--import', import.meta.resolve('tsx'), ...script],
      cwd,
      env: { PATH: process.env.PATH, ...env },
      logFile,
    });
    guardian.guard(started, 'TERM');
    this.running = started;
    if (readyWord !== undefined) await this.untilWritten(readyWord);
  }

  /** Waits for a word in the output; throws when the process ends without it. */
  async untilWritten(word: string): Promise<void> {
    const seen = await eventually(() => this.output.includes(word) || (this.exit && 'ended'), { timeoutMs: READY_MS });
    if (seen === 'ended') throw new Error(`Ended early: ${this.lastWords}`);
  }

  /** SIGKILL. False when there was nothing left to kill. */
  async kill(): Promise<boolean> {
    const { running } = this;
    if (!running || running.exit()) return false;
    sendSignal(running.pid, 'SIGKILL');
    return (await running.exited).signal === 'SIGKILL';
  }

  /** SIGTERM, and how the process ended upon it. */
  async terminate(): Promise<ProcessExit> {
    if (this.running) sendSignal(this.running.pid, 'SIGTERM');
    return this.ended();
  }

  /** Waits until the process has ended by itself. */
  ended(): Promise<ProcessExit> {
    return eventually(() => this.exit, { timeoutMs: ENDING_MS });
  }

  get lastWords(): string {
    return `${this.options.script.join(' ')}:\n${tailOf(this.options.logFile, LAST_LINES)}`;
  }
}
