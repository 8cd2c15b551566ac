import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const LARGEST_LOG_BYTES = 10 * 1024 * 1024;
const TAIL_LINES = 20;

/** Makes the folder, and moves a log that grew large aside so that two files are the most there ever is. */
export function prepareLog(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
}

export function logSize(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

/** What was written after `offset`. */
export function readLogFrom(file: string, offset: number): string {
  const length = logSize(file) - offset;
  if (length <= 0) return '';
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}

/** The last lines, indented, to stand under an error message. */
export function tail(text: string, lines = TAIL_LINES): string {
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
}

export function tailOf(file: string, lines = TAIL_LINES): string {
  return existsSync(file) ? tail(readFileSync(file, 'utf8'), lines) : '';
}
