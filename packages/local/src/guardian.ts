import { spawn } from 'node:child_process';
import type { BackgroundProcess } from './process.ts';

// Reads what it guards from its input until that ends, which the kernel sees to when this process is gone, then stops
// everything, last started first. It stays in plain shell because it has to outlive Node.
const SCRIPT = `
list=""
while read -r signal what; do
  case "$signal" in
    REMOVE) list="$list
$signal $what" ;;
    FORGET) list=$(printf '%s\\n' "$list" | grep -v " $what$") ;;
    *) list="$signal $what
$list" ;;
  esac
done
printf '%s\\n' "$list" | while read -r signal what; do
  case "$signal" in
    "") ;;
    REMOVE) rm -rf "$what" ;;
    *)
      kill -s CONT "$what" 2>/dev/null
      kill -s "$signal" "$what" 2>/dev/null
      tries=0
      while kill -0 "$what" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.2; tries=$((tries + 1)); done
      kill -s KILL "$what" 2>/dev/null ;;
  esac
done
`;

/**
 * Stops what this process started, in case this process is killed and cannot do it itself. Without it a `kill -9` would
 * leave servers behind that hold ports and data folders.
 */
export interface Guardian {
  guard(running: BackgroundProcess, signal: 'TERM' | 'INT'): void;
  /** A temporary folder to delete once everything has stopped. */
  removeAfterwards(folder: string): void;
  /** Everything was stopped in order: nothing left to guard. */
  dismiss(): void;
}

export function callGuardian(): Guardian {
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
  child.stdin.on('error', () => {});
  child.on('error', () => {});
  child.unref();
  // A pipe that keeps the event loop busy would keep the process from ending.
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  const tell = (line: string) => child.stdin.write(`${line}\n`);
  return {
    guard: (running, signal) => {
      tell(`${signal} ${running.pid}`);
      // Its number may soon belong to somebody else.
      void running.exited.then(() => tell(`FORGET ${running.pid}`));
    },
    removeAfterwards: (folder) => tell(`REMOVE ${folder}`),
    dismiss: () => child.kill('SIGKILL'),
  };
}
