import { hash } from 'node:crypto';

/** How many different lines are remembered for telling repeats; a log is ordered in time, so repeats stand close. */
const REMEMBERED_LINES = 200_000;

/**
 * A key for each line: its content and how often that content came before. The same file gives the same keys, whether
 * read from the start again, grown meanwhile, or compressed; two requests that left equal lines stay two events.
 */
export class LineKeys {
  private recent = new Map<string, number>();
  private older = new Map<string, number>();

  keyOf(line: string): string {
    const content = hash('sha256', line, 'base64url');
    const occurrence = (this.recent.get(content) ?? this.older.get(content) ?? 0) + 1;
    this.recent.set(content, occurrence);
    if (this.recent.size >= REMEMBERED_LINES) {
      this.older = this.recent;
      this.recent = new Map();
    }
    return `log:${content}:${occurrence}`;
  }
}
