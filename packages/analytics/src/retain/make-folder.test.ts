import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './archive-file.ts';

test('every folder that got a new entry is brought to the disk, and that of the archives in any case', async () => {
  const base = await mkdtemp(join(tmpdir(), 'tallymark-folder-'));
  try {
    const archive = join(base, 'deep', 'archive');
    const month = join(archive, '2025_08');
    expect(await makeFolder(month)).toEqual([archive, join(base, 'deep'), base]);
    expect(await makeFolder(month)).toEqual([archive]);
    expect(await makeFolder(join(archive, '2025_09'))).toEqual([archive]);
  } finally {
    await rm(base, { recursive: true });
  }
});
