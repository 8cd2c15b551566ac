import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';

export type Benchmark = (note: (line: string) => void) => Promise<Report>;

export interface Report {
  readonly name: string;
  /** One row per thing that was measured; the keys are the table's head. */
  readonly table: readonly Readonly<Record<string, string | number>>[];
  readonly targets: readonly Target[];
  /** What the figures depend on: versions, settings, sizes. */
  readonly conditions: Readonly<Record<string, string | number>>;
}

export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly bound: 'at least' | 'at most';
  readonly limit: number;
  readonly met: boolean;
}

export function atLeast(what: string, measured: number, limit: number): Target {
  return { what, measured, bound: 'at least', limit, met: measured >= limit };
}

export function atMost(what: string, measured: number, limit: number): Target {
  return { what, measured, bound: 'at most', limit, met: measured <= limit };
}

export function machine(): Record<string, string | number> {
  return { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', node: process.version };
}

export function printReport({ table, targets, conditions }: Report): void {
  console.log(`\n${formatTable(table)}\n`);
  for (const { what, measured, bound, limit, met } of targets) {
    console.log(`${met ? '✓' : '✗'} ${what}: ${show(measured)} (${bound} ${show(limit)})`);
  }
  console.log(
    `\n${Object.entries(conditions)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')}`,
  );
}

export async function writeReport(file: string, report: Report): Promise<void> {
  const measuredAt = new Date().toISOString();
  await writeFile(file, `${JSON.stringify({ ...report, measuredAt }, null, 2)}\n`);
}

/** Numbers to the right, text to the left. */
function formatTable(rows: Report['table']): string {
  const [first] = rows;
  if (!first) return '';
  const heads = Object.keys(first);
  const shown = rows.map((row) => heads.map((head) => show(row[head] ?? '')));
  const widths = heads.map((head, at) => Math.max(head.length, ...shown.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const head = heads[at] ?? '';
        return typeof first[head] === 'number' ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...shown.map(line)].join('\n');
}

function show(value: string | number): string {
  if (typeof value === 'string') return value;
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
