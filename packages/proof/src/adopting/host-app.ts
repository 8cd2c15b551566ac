import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { documentedFiles } from './documented-files.ts';
import { HOST_DEPENDENCIES, HOST_DEV_DEPENDENCIES, HOST_FILES } from './host-files.ts';

const run = promisify(execFile);
const PACK = fileURLToPath(new URL('../../../local/bin/pack.mjs', import.meta.url));
const CREATE_NEXT_APP = fileURLToPath(import.meta.resolve('create-next-app/dist/index.js'));
const READY_MS = 60_000;
const OUTPUT_BYTES = 64 * 1_024 * 1_024;

export interface HostApp extends AsyncDisposable {
  readonly folder: string;
  /** Runs a program of the app's own `node_modules/.bin`; answers what it printed. */
  tool(name: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  /** Starts one and waits until `ready` says so, given what it has printed so far. */
  start(name: string, args: readonly string[], options: StartOptions): Promise<Running>;
}

interface Running {
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

interface StartOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly ready: (output: string) => Promise<boolean> | boolean;
}

/**
 * A freshly generated Next.js app with a table of its own, in which somebody has installed the packed packages and written
 * the files of docs/adopting.md.
 */
export async function createHostApp(): Promise<HostApp> {
  const place = await mkdtemp(join(tmpdir(), 'tallymark-host-'));
  const folder = join(place, 'app');
  const packed = join(place, 'packed');
  const environment = environmentOf();
  const inPlace = { cwd: place, env: environment, maxBuffer: OUTPUT_BYTES };
  await run(process.execPath, [PACK, packed], inPlace);
  const choices = [
    '--ts',
    '--app',
    '--src-dir',
    '--no-tailwind',
    '--no-linter',
    '--no-react-compiler',
    '--no-agents-md',
  ];
  const setup = ['--import-alias', '@/*', '--use-npm', '--skip-install', '--disable-git', '--yes'];
  await run(process.execPath, [CREATE_NEXT_APP, 'app', ...choices, ...setup], inPlace);
  await writeFiles(folder, Object.entries(HOST_FILES));

  const tarballs = (await readdir(packed)).map((file) => join(packed, file));
  const npm = async (...args: string[]) => {
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
    await run('npm', ['install', ...quiet, ...args], { ...inPlace, cwd: folder });
  };
  await npm(...HOST_DEPENDENCIES, ...tarballs);
  await npm('--save-dev', ...HOST_DEV_DEPENDENCIES);

  const binary = (name: string) => join(folder, 'node_modules', '.bin', name);
  const tool: HostApp['tool'] = async (name, args, more = {}) => {
    const options = { cwd: folder, env: { ...environment, ...more }, maxBuffer: OUTPUT_BYTES };
    const { stdout, stderr } = await run(binary(name), args, options).catch((error) => {
      throw new Error(`${name} ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`);
    });
    return stdout + stderr;
  };
  await tool('tallymark', ['schema']);
  await tool('prisma', ['generate']);
  await writeFiles(folder, await documentedFiles());

  return {
    folder,
    tool,
    start: (name, args, options) =>
      startProcess(binary(name), args, {
        ...options,
        cwd: folder,
        environment: { ...environment, ...options.environment },
      }),
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  };
}

async function writeFiles(folder: string, files: Iterable<readonly [path: string, text: string]>): Promise<void> {
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Nothing of this repository's own: an app elsewhere has its own tools. */
function environmentOf(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    NODE_ENV: 'production',
    CI: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    // Generating a client needs no engine, but Prisma downloads one unless a file is named.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  };
}

async function startProcess(
  command: string,
  args: readonly string[],
  { cwd, environment, ready }: { cwd: string; environment: NodeJS.ProcessEnv; ready: StartOptions['ready'] },
): Promise<Running> {
  const child = spawn(command, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = once(child, 'exit');
  const stop = async () => {
    // In a group of its own: tools start further processes.
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await exited;
  };
  const deadline = Date.now() + READY_MS;
  while (!(await ready(output))) {
    if (child.exitCode === null && Date.now() < deadline) await pause(200);
    else {
      await stop();
      throw new Error(`${command} ${args.join(' ')} is not ready:\n${output}`);
    }
  }
  return { output: () => output, stop };
}
