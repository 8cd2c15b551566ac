// `npm run archive -- …`. Plain JavaScript without dependencies up to the point where they are installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, install } from './install.mjs';
import { messageOf, step } from './progress.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort(new Error('Interrupted.')));

async function main() {
  checkNode();
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const env = await step('Install dependencies', (note) => install({ root, signal: stopping.signal, note }));
  const { register } = await import('tsx/esm/api');
  register();
  const { archive } = await import('../src/archive.ts');
  // Package managers start scripts in the project's folder and leave the user's own in INIT_CWD.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return archive({ root, env, cwd, args: process.argv.slice(2), signal: stopping.signal });
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`\n${messageOf(error)}\n`);
    process.exit(1);
  },
);
