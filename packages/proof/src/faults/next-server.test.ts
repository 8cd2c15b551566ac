import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '@tallymark/local/project-root';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { ROUNDS } from './chance.ts';
import type { Program } from './program.ts';
import { expectAnsweredWhereBegun, expectFreshEventAccepted, underLoad } from './under-load.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 60_000 + ROUNDS * 20_000;
const APP = join(projectRoot, 'apps', 'web');

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

async function start(next: Program, webUrl: string): Promise<void> {
  await next.start('Ready in');
  // Next says so before its instrumentation has run.
  await eventually(async () => (await fetch(`${webUrl}/api/health/live`)).ok);
}

async function startNext(world: World): Promise<Program> {
  const next = nextServer(world);
  await start(next, world.webUrl);
  return next;
}

test(
  'the Next.js server is killed, or told to stop and answers every request that it has taken',
  () =>
    // A connection each: a client that reuses one has to expect that it is closed between two requests.
    underLoad('kill Next', { startWeb: startNext, keepAlive: false }, async ({ world, web: next, client }) => {
      let stopped = '';
      for (let round = 0; round < ROUNDS; round += 1) {
        if (round % 2 === 0) expect(await next.kill()).toBe(true);
        else {
          expect(await next.terminate()).toEqual({ code: 0, signal: null });
          stopped += next.output;
        }
        await start(next, world.webUrl);
        await expectFreshEventAccepted(client);
        await client.untilMoment();
      }
      if (ROUNDS > 1) expectAnsweredWhereBegun(client, stopped, 'ingested');
    }),
  TIMEOUT_MS,
);
