import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tallymark/testing/eventually';

const JOBS_FOLDER = fileURLToPath(new URL('..', import.meta.url));
const READY_MS = 20_000;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child extends AsyncDisposable {
  /** What it has written so far. */
  readonly output: () => string;
  /** Waits for a word in the output. @throws Error with the output when the process ends without it. */
  untilWritten(word: string): Promise<void>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

/** Runs a TypeScript file of this folder in a process of its own. Leaving the block kills it. */
export function startChild(file: string, env: Readonly<Record<string, string>>): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: JOBS_FOLDER,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let over: Ended | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      over = { code, signal };
      resolve(over);
    });
  });
  const end = (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    return ended;
  };
  return {
    output: () => output,
    ended,
    end,
    async untilWritten(word) {
      await eventually(() => output.includes(word) || over, { timeoutMs: READY_MS });
      if (!output.includes(word)) throw new Error(`Ended early:\n${output}`);
    },
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}
