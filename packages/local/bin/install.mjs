import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { run } from './run.mjs';

const OLDEST_NODE = [20, 19];

/** Throws with what to do when this Node.js is too old. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(
    `This is Node.js ${version}, and Tallymark needs ${OLDEST_NODE.join('.')} or newer (24 is recommended).`,
  );
}

/**
 * Installs what the lockfile says unless that is there already, and finds pnpm at the version the project names, which
 * turbo calls for each task. Resolves with the environment in which the project's tools run.
 * @param {{ root: string, signal?: AbortSignal, note: (text: string) => void }} options
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function install({ root, signal, note }) {
  const stampFile = join(root, '.tallymark', 'installed.json');
  const lock = hashOf(join(root, 'pnpm-lock.yaml'));
  const stamp = readStamp(stampFile);
  const pnpm = stamp.pnpm && existsSync(stamp.pnpm) ? stamp.pnpm : await findPnpm(root, signal);
  const env = toolEnvironment(pnpm);
  if (stamp.lock === lock && existsSync(join(root, 'node_modules', '.modules.yaml'))) {
    note('up to date');
    return env;
  }
  // pnpm asks before it replaces a node_modules of another make, and nobody may be there to answer.
  const args = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'];
  await run(pnpm, args, { cwd: root, env, signal, logFile: join(root, '.tallymark', 'logs', 'install.log') });
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify({ lock, pnpm })}\n`);
  return env;
}

/**
 * @param {string} pnpm
 * @returns {NodeJS.ProcessEnv}
 */
function toolEnvironment(pnpm) {
  return {
    ...process.env,
    PATH: `${dirname(pnpm)}${delimiter}${process.env.PATH}`,
    // Generating the client needs no engine, but Prisma downloads one unless a file is named.
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
    NEXT_TELEMETRY_DISABLED: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
}

/**
 * Where npx keeps the pnpm that `packageManager` names; it is fetched when it is not there yet.
 * @param {string} root
 * @param {AbortSignal} [signal]
 */
async function findPnpm(root, signal) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const args = ['--yes', `--package=${packageManager}`, '--call', 'command -v pnpm'];
  const output = await run('npx', args, { cwd: root, env: process.env, signal });
  return output.trim().split('\n').at(-1) ?? '';
}

/** @param {string} file */
function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * @param {string} file
 * @returns {{ lock?: string, pnpm?: string }}
 */
function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
