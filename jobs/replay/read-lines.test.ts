import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLines } from './read-lines.ts';

const TEXT = Array.from({ length: 20_000 }, (_, n) => `line ${n} ${Math.sqrt(n)}`).join('\n');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallymark-lines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesOf(content: string | Uint8Array): Promise<string[]> {
  const file = join(folder, 'access.log');
  await writeFile(file, content);
  const { lines } = await readLines(file);
  const read: string[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

describe('readLines', () => {
  it('reads every line of a plain file, the last without a line break too', async () => {
    expect(await linesOf(TEXT)).toEqual(TEXT.split('\n'));
  });

  it('reads the same lines from a gzipped file', async () => {
    expect(await linesOf(gzipSync(TEXT))).toEqual(TEXT.split('\n'));
  });

  it('does not take a truncated archive for a short one', async () => {
    const whole = gzipSync(TEXT);
    await expect(linesOf(whole.subarray(0, whole.length / 2))).rejects.toThrow(/unexpected end of file/);
  });

  it('says when there is no such file', async () => {
    await expect(readLines(join(folder, 'none.log'))).rejects.toThrow(/ENOENT/);
  });
});
