import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, step, type Work } from '../bin/progress.mjs';
import { run } from '../bin/run.mjs';
import { findChromium, handOver } from './chromium.ts';
import { type Counts, countTests, type VitestReport } from './vitest-report.ts';

export interface TestOptions {
  readonly root: string;
  /** For the tools: finds pnpm, keeps them from calling home. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs every check, the production build and all tests, also when something failed before, so that one run shows all.
 * A check counts as one test.
 */
export async function test({ root, env }: TestOptions): Promise<Counts> {
  const bin = (name: string) => join(root, 'node_modules', '.bin', name);
  const options = { cwd: root, env };
  const turbo = (...args: string[]) =>
    run(bin('turbo'), ['run', ...args, '--env-mode=loose', '--continue', '--output-logs=errors-only'], options);
  // Checks and tests read the generated client; without it they fail one by one and say so.
  const generated = await check('Generate the Prisma client', () => turbo('generate'));
  const checks = [
    await check('Style', () => run(bin('biome'), ['check', '.'], options)),
    await check('Arrows', () => run(process.execPath, ['packages/local/bin/check-arrows.mjs'], options)),
    await check('Unused code', () => run(bin('knip'), [], options)),
    await check('Types', () => turbo('check:types')),
    await check('Production build', () => turbo('build')),
  ];
  let browser: Record<string, string> = {};
  // Not counted: without a browser the tests that need one fail.
  await check('Browser', async (note) => {
    const chromium = await findChromium(join(root, '.tallymark', 'cache', 'chromium'), env);
    note(chromium.version);
    browser = handOver(chromium);
  });
  const tests = await runVitest(root, { ...env, ...browser });
  const failedChecks = checks.filter((ok) => !ok).length;
  return {
    passed: tests.passed + checks.length - failedChecks,
    failed: tests.failed + failedChecks + (generated ? 0 : 1),
  };
}

async function check(title: string, work: Work<unknown>): Promise<boolean> {
  try {
    await step(title, work);
    return true;
  } catch (error) {
    console.log(`\n${messageOf(error)}\n`);
    return false;
  }
}

async function runVitest(root: string, env: NodeJS.ProcessEnv): Promise<Counts> {
  const report = join(root, '.tallymark', 'test-report.json');
  mkdirSync(join(root, '.tallymark'), { recursive: true });
  rmSync(report, { force: true });
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  console.log('  … Tests');
  const vitest = spawn(join(root, 'node_modules', '.bin', 'vitest'), args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    vitest.once('error', reject);
    vitest.once('close', resolve);
  });
  const counts = countTests(readReport(report), exitCode);
  console.log(`  ${counts.failed === 0 ? '✓' : '✗'} Tests: ${counts.passed} passed, ${counts.failed} failed`);
  return counts;
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
}
