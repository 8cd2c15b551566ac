import { expect, test } from 'vitest';
import { ROUNDS } from './chance.ts';
import { expectAnsweredWhereBegun, expectFreshEventAccepted, underLoad } from './under-load.ts';
import { READY } from './world.ts';

const TIMEOUT_MS = 60_000 + ROUNDS * 20_000;

test(
  'SIGTERM to web process and flusher: every request that had begun gets a complete answer',
  () =>
    // A connection each: a client that reuses one has to expect that it is closed between two requests.
    underLoad('rolling restart', { keepAlive: false }, async ({ web, flusher, client }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const [stopped, program, word] =
          round % 2 === 0 ? ['web stopped', web, READY.web] : ['worker stopped', flusher, READY.flusher];
        expect(await program.terminate()).toEqual({ code: 0, signal: null });
        expect(program.output).toContain(stopped);
        await program.start(word);
        await expectFreshEventAccepted(client);
        await client.untilMoment();
      }
      expectAnsweredWhereBegun(client, web.log, 'begun');
    }),
  TIMEOUT_MS,
);
