import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const KILL_AFTER_MS = 5_000;
const SHOWN_LINES = 40;

/**
 * @typedef {object} RunOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {AbortSignal} [signal] Ends the command and everything it started.
 * @property {string} [logFile] Receives all output.
 */

/**
 * Runs a command to its end, with no input. Resolves with its stdout; rejects with the end of its output when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, env, signal, logFile }) {
  signal?.throwIfAborted();
  if (logFile) mkdirSync(dirname(logFile), { recursive: true });
  // In a group of its own, so that all of it can be ended at once.
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let output = '';
  /** @param {string} text */
  const keep = (text) => {
    output += text;
    if (logFile) appendFileSync(logFile, text);
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    keep(text);
  });
  child.stderr.setEncoding('utf8').on('data', keep);

  /** @type {NodeJS.Timeout | undefined} */
  let killing;
  const end = () => {
    killGroup(child.pid, 'SIGTERM');
    killing = setTimeout(() => killGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS);
  };
  signal?.addEventListener('abort', end, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, exitSignal) => {
      clearTimeout(killing);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve(stdout);
      else reject(new CommandError(`${command} ${args.join(' ')}`, code ?? exitSignal, output));
    });
  });
}

class CommandError extends Error {
  /**
   * @param {string} command
   * @param {number | string | null} code
   * @param {string} output
   */
  constructor(command, code, output) {
    const end = output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
    super(`${end}\n(${command} ended with ${code})`.trimStart());
    this.name = 'CommandError';
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
