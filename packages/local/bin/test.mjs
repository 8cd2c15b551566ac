// `npm test`. Plain JavaScript without dependencies up to the point where they are installed.
import { fileURLToPath } from 'node:url';
import { checkNode, install } from './install.mjs';
import { messageOf, step } from './progress.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

async function main() {
  checkNode();
  const env = await step('Install dependencies', (note) => install({ root, note }));
  const { register } = await import('tsx/esm/api');
  register();
  const { test } = await import('../src/test.ts');
  return test({ root, env });
}

/** @param {{ passed: number, failed: number }} counts */
function finish({ passed, failed }) {
  process.stdout.write(`${passed} passed, ${failed} failed\n`, () => process.exit(failed === 0 ? 0 : 1));
}

main().then(finish, (error) => {
  console.log(`\n${messageOf(error)}\n`);
  finish({ passed: 0, failed: 1 });
});
