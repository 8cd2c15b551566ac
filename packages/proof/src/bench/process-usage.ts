import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second that Linux counts CPU time in. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** CPU seconds a process and its living children have used, from /proc. 0 where there is no /proc. */
export function cpuSeconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, id) => sum + ticksOf(id), 0) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const pages = Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0);
  return (pages * PAGE_BYTES) / 2 ** 20;
}

// Fields of /proc/PID/stat behind the name in brackets, which may hold blanks itself.
function statOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function ticksOf(pid: number): number {
  const stat = statOf(pid);
  return Number(stat[11] ?? 0) + Number(stat[12] ?? 0);
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((id) => Number(statOf(id)[1]) === pid);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
