import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder } from '../bin/folder-lock.mjs';
import { temporaryFolder } from './temporary-folder.ts';

test('is refused while its holder runs, and free again afterwards', async () => {
  await using folder = temporaryFolder();
  const file = join(folder.path, 'running.json');
  const lock = lockFolder(file);
  lock.describe({ port: 3000 });
  expect(() => lockFolder(file)).toThrow(`already running in this folder (process ${process.pid})`);
  lock.release();
  lockFolder(file).release();
});

test('is taken over from a process that was killed, also when another has its number now', async () => {
  await using folder = temporaryFolder();
  const file = join(folder.path, 'running.json');
  const script = `import('${new URL('../bin/folder-lock.mjs', import.meta.url)}').then(({ lockFolder }) => {
    lockFolder(process.argv[1]);
    process.kill(process.pid, 'SIGKILL');
  })`;
  await once(spawn(process.execPath, ['--eval', script, file]), 'exit');
  const stale = JSON.parse(readFileSync(file, 'utf8'));
  lockFolder(file).release();
  writeFileSync(file, JSON.stringify({ ...stale, pid: process.pid }));
  lockFolder(file).release();
});
