import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '@tallymark/local/project-root';
import { expect, test } from 'vitest';
import { ROUNDS } from './chance.ts';
import type { Program } from './program.ts';
import { expectAnsweredWhereBegun, expectFreshEventAccepted, underLoad } from './under-load.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 60_000 + ROUNDS * 20_000;
const APP = join(projectRoot, 'apps', 'web');
const READY = 'Ready in';

/** `next start` of the built product. The script is the server itself, so that a signal to it hits no wrapper. */
function nextServer({ webUrl, program }: World): Program {
  if (!existsSync(join(APP, '.next', 'BUILD_ID'))) throw new Error('The web app is not built. Run `pnpm build` first.');
  const next = createRequire(join(APP, 'package.json')).resolve('next/dist/bin/next');
  const { hostname, port } = new URL(webUrl);
  return program('next', [next, 'start', '-H', hostname, '-p', port], {
    cwd: APP,
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      BETTER_AUTH_SECRET: 'only-for-this-test-only-for-this-test',
      BETTER_AUTH_URL: webUrl,
    },
  });
}

const web = { program: nextServer, readyWord: READY };

test(
  'the Next.js server is killed',
  () =>
    underLoad('kill Next', { web }, async ({ web: next, client }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        expect(await next.kill()).toBe(true);
        await next.start(READY);
        await expectFreshEventAccepted(client);
        await client.untilMoment();
      }
    }),
  TIMEOUT_MS,
);

test(
  'SIGTERM to the Next.js server: every request that was taken gets a complete answer',
  () =>
    underLoad('SIGTERM to Next', { web, keepAlive: false }, async ({ web: next, client }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        expect(await next.terminate()).toEqual({ code: 0, signal: null });
        await next.start(READY);
        await expectFreshEventAccepted(client);
        await client.untilMoment();
      }
      expectAnsweredWhereBegun(client, next.log, 'ingested');
    }),
  TIMEOUT_MS,
);
