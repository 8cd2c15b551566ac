import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { programOf } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait.ts';

const SCRIPT = `
const { callGuardian } = await import(process.argv[1]);
const { startProcess } = await import(process.argv[2]);
const guardian = callGuardian();
const child = await startProcess({ command: 'sleep', args: ['600'], logFile: '/dev/null' });
guardian.guard(child, 'TERM');
guardian.removeAfterwards(process.argv[3]);
console.log(child.pid);
setInterval(() => {}, 1000);
`;

test('stops the children and removes the folder of a process that was killed', async () => {
  await using folder = temporaryFolder();
  const doomed = join(folder.path, 'with a space');
  mkdirSync(doomed);
  const here = (name: string) => new URL(name, import.meta.url).href;
  const options = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT];
  const parent = spawn(process.execPath, [...options, here('guardian.ts'), here('process.ts'), doomed]);
  const pid = Number((await createInterface(parent.stdout)[Symbol.asyncIterator]().next()).value);
  expect(programOf(pid)).toBe('sleep');
  parent.kill('SIGKILL');
  expect(await waitFor(() => (programOf(pid) === undefined && !existsSync(doomed)) || undefined, 20_000)).toBe(true);
});
