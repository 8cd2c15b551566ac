import { expect, test } from 'vitest';
import { ROUNDS } from './chance.ts';
import { attemptsOf } from './ledger-file.ts';
import { expectFreshEventAccepted, underLoad } from './under-load.ts';
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
      const attempts = attemptsOf(client.ledger.lines());
      const unanswered = attempts.filter(({ outcome }) => outcome?.kind === 'unknown').map(({ id }) => id);
      // A connection that the system had taken but the process had not is cut too; the process must not know of it.
      const begun = web.log.split('\n').filter((line) => line.includes('"begun"'));
      expect(begun.length).toBeGreaterThan(0);
      expect(begun.filter((line) => unanswered.some((id) => line.includes(id)))).toEqual([]);
    }),
  TIMEOUT_MS,
);
