import { defineConfig } from 'vitest/config';

const FOLDERS = '{packages,prisma,jobs,apps}';

export default defineConfig({
  test: {
    include: [`${FOLDERS}/**/*.test.{ts,tsx}`],
    exclude: ['**/node_modules/**', '**/.next/**', '**/generated/**'],
    globalSetup: 'packages/testing/src/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    typecheck: {
      enabled: true,
      include: [`${FOLDERS}/**/*.test-d.ts`],
      // The one at the root would compile everything; checking the sources is `check:types`.
      tsconfig: 'packages/testing/tsconfig.test-d.json',
    },
  },
});
