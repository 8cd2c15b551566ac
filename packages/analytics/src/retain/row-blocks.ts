import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/** Cuts rows, a line each, into blocks of whole lines of about `blockBytes`; the last one may be shorter. */
export async function* rowBlocks(rows: Readable, blockBytes: number): AsyncGenerator<Buffer[]> {
  let block: Buffer[] = [];
  let size = 0;
  for await (const read of rows) {
    const chunk = read as Buffer;
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (size + chunk.length < blockBytes || end === 0) {
      block.push(chunk);
      size += chunk.length;
      continue;
    }
    yield [...block, chunk.subarray(0, end)];
    block = end < chunk.length ? [chunk.subarray(end)] : [];
    size = chunk.length - end;
  }
  if (size > 0) yield block;
}
