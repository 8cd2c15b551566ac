import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

export interface DigestedRows {
  readonly rows: number;
  /** Of the rows themselves, before they are packed. */
  readonly contentSha256: string;
}

/** Counts and hashes rows in Postgres's text format as they pass. A line break within a value is written as `\n`. */
export class RowDigest {
  private readonly hash = createHash('sha256');
  private rows = 0;

  update(chunk: Buffer): void {
    this.hash.update(chunk);
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) this.rows += 1;
  }

  /** Once, at the end. */
  finish(): DigestedRows {
    return { rows: this.rows, contentSha256: this.hash.digest('hex') };
  }
}

export async function digestRows(source: Readable): Promise<DigestedRows> {
  const digest = new RowDigest();
  for await (const chunk of source) digest.update(chunk as Buffer);
  return digest.finish();
}

export const sameRows = (a: DigestedRows, b: DigestedRows) => a.rows === b.rows && a.contentSha256 === b.contentSha256;
