import { defineConfig } from 'tsdown';

/** ESM with types, a file for each module: every entry a package exports is one, and `'use client'` stays where it is. */
const shared = {
  unbundle: true,
  dts: true,
  fixedExtension: false,
  target: 'node20',
  logLevel: 'warn',
};
const TESTS = ['!**/*.{test,test-d}.{ts,tsx}', '!**/test-support/**'];

export default defineConfig([
  {
    ...shared,
    workspace: [
      'packages/contract',
      'packages/redis',
      'packages/analytics',
      'packages/next',
      'packages/client',
      'packages/dashboard',
    ],
    entry: ['src/**/*.{ts,tsx}', ...TESTS],
  },
  {
    ...shared,
    workspace: ['prisma'],
    entry: [
      '{cli,client,migrate,site-key,sql-executor,sql-state,uuid-v7}.ts',
      'stores/*.ts',
      'generated/client.ts',
      ...TESTS,
    ],
    // What a host adds to its own schema; the demo's tables stay here.
    copy: [
      { from: 'schema/!(base|studio).prisma', to: 'dist/schema' },
      { from: 'migrations/migration_lock.toml', to: 'dist/migrations' },
      { from: 'migrations/!(*_studio)/*', to: 'dist/migrations', flatten: false },
    ],
  },
  { ...shared, workspace: ['jobs'], entry: ['start-worker.ts'] },
]);
