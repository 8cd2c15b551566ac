// `pnpm pack:packages FOLDER`: builds what a host installs, packs it into the folder, and holds it against publint and attw.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from './install.mjs';
import { messageOf, step } from './progress.mjs';
import { run } from './run.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const PACKED = ['contract', 'redis', 'analytics', 'next', 'client', 'dashboard'].map((name) => `packages/${name}`);
PACKED.push('prisma', 'jobs');

async function main() {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('Where to? pnpm pack:packages FOLDER');
  // Package managers start scripts in the project's folder and leave the user's own in INIT_CWD.
  const target = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
  await mkdir(target, { recursive: true });
  for (const file of await readdir(target)) if (/^tallymark-.*\.tgz$/.test(file)) await rm(join(target, file));
  const env = await step('Install dependencies', (note) => install({ root, note }));
  const logFile = join(root, '.tallymark', 'logs', 'pack.log');
  await step('Build', () => run('pnpm', ['build:packages'], { cwd: root, env, logFile }));
  await step('Pack', async (note) => {
    for (const name of PACKED)
      await run('pnpm', ['pack', '--pack-destination', target], { cwd: join(root, name), env, logFile });
    note(target);
  });
  await step('Check what was packed', async () => {
    const { checkTarball } = await import('./check-tarball.mjs');
    const files = (await readdir(target)).filter((file) => file.startsWith('tallymark-'));
    const problems = [];
    for (const file of files) problems.push(...(await checkTarball(join(target, file))));
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
}

main().catch((error) => {
  console.error(`\n${messageOf(error)}\n`);
  process.exitCode = 1;
});
