import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

export interface LineSource {
  readonly lines: AsyncIterable<string>;
  /** Bytes of the file, compressed where it is. */
  readonly totalBytes: number;
  readonly bytesRead: () => number;
}

/** Lines of a plain or gzipped text file, streaming. @throws when there is no such file or it cannot be read. */
export async function readLines(file: string): Promise<LineSource> {
  const { size } = await stat(file);
  const compressed = await isGzip(file);
  const raw = createReadStream(file);
  return { lines: linesOf(raw, compressed), totalBytes: size, bytesRead: () => raw.bytesRead };
}

/** Begins to read with the first line asked for: readline drops what it reads before somebody listens. */
async function* linesOf(raw: ReadStream, compressed: boolean): AsyncGenerator<string> {
  const input = compressed ? raw.pipe(createGunzip()) : raw;
  // readline swallows errors of its input; a truncated archive must not look like the end of the file.
  let failure: Error | null = null;
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const fail = (error: Error) => {
    failure = error;
    reader.close();
  };
  raw.once('error', fail);
  input.once('error', fail);
  yield* reader;
  if (failure) throw failure;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
