// `npm start`. Plain JavaScript without dependencies up to the point where they are installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFolder } from './folder-lock.mjs';
import { checkNode, install } from './install.mjs';
import { messageOf, step } from './progress.mjs';
import { claimWebPort } from './web-port.mjs';

const INTERRUPTED = 130;
const root = fileURLToPath(new URL('../../..', import.meta.url));
const stopping = new AbortController();
// The terminal and npm may both pass a Ctrl-C on; it is still one wish.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort(new Error('Interrupted.')));
// A terminal that was closed must not keep the rest from being stopped in order.
process.stdout.on('error', () => {});

async function main() {
  checkNode();
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const lock = lockFolder(join(root, '.tallymark', 'running.json'));
  try {
    const port = await claimWebPort(process.env.PORT);
    console.log(`\nTallymark on Node.js ${process.versions.node}\n`);
    const env = await step('Install dependencies', (note) => install({ root, signal: stopping.signal, note }));
    const { register } = await import('tsx/esm/api');
    register();
    const { start } = await import('../src/start.ts');
    return await start({ root, port, env, lock, signal: stopping.signal });
  } finally {
    lock.release();
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`\n${messageOf(error)}\n`);
    process.exit(stopping.signal.aborted && error === stopping.signal.reason ? INTERRUPTED : 1);
  },
);
