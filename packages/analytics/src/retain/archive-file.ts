import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type DigestedRows, digestRows, RowDigest } from './row-digest.ts';

export interface WrittenFile extends DigestedRows {
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
}

/** Packs rows into a file and brings it to the disk. What stands there is overwritten. Rejects when the disk is full. */
export async function writeRows(source: Readable, path: string): Promise<WrittenFile> {
  const digest = new RowDigest();
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    source,
    passing((chunk) => digest.update(chunk)),
    createGzip(),
    passing((chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    }),
    createWriteStream(path, { flush: true, mode: 0o600 }),
  );
  return { ...digest.finish(), bytes, sha256: hash.digest('hex') };
}

/** What the file holds now, read from the disk. Rejects when there is none, or it is no complete gzip. */
export async function readBack(path: string): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const [, rows] = await Promise.all([
    (async () => {
      for await (const chunk of createReadStream(path)) {
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
      }
    })(),
    digestRows(rowsOf(path)),
  ]);
  return { ...rows, bytes, sha256: hash.digest('hex') };
}

/** The rows of a file, unpacked. */
export function rowsOf(path: string): Readable {
  const unpacked = createGunzip();
  const packed = createReadStream(path).on('error', (error) => unpacked.destroy(error));
  unpacked.once('close', () => packed.destroy());
  return packed.pipe(unpacked);
}

/**
 * Makes a folder that outlives a power cut: those above it are brought to the disk, up to the one that got the first new
 * entry, and the one right above even if nothing was made, for whoever was killed before. Returns which, innermost first.
 */
export async function makeFolder(path: string): Promise<string[]> {
  const first = (await mkdir(path, { recursive: true, mode: 0o700 })) ?? path;
  const above = [dirname(path)];
  for (let made = dirname(path); made.length >= first.length; made = dirname(made)) above.push(dirname(made));
  for (const folder of above) await syncFolder(folder);
  return above;
}

/** A rename is only as durable as its folder. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function passing(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}
