import { rejected } from '@tallymark/contract/receipt';
import { RejectionCounts } from '@tallymark/redis/rejection-counts';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { LOG, NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { RejectionTally } from './rejection-tally.ts';

const DAY = '2026-11-15';
const invalid = rejected('invalid_props', 'as made by a test');

test('what a service rejects is counted by type and reason, and nothing else is', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const trap = Object.defineProperty({}, 'eventType', {
    enumerable: true,
    get: () => {
      throw new Error('hostile');
    },
  });
  await service.ingestPublic(
    [
      viewed(),
      viewed({ props: { wrong: 1 } }),
      viewed({ props: { wrong: 2 } }),
      viewed({ eventType: 'asset_eaten' }),
      7,
    ],
    {},
  );
  await service.ingestPublic([{ eventType: 7 }], {});
  const tally = new RejectionTally({ counts: new RejectionCounts(world.redis), log: LOG });
  tally.count([trap], [invalid], NOW);
  await tally.close();
  await service.shutdown();
  const counts = await new RejectionCounts(world.redis).read([DAY]);
  const sorted = counts?.map(({ eventType, reason, events }) => `${eventType} ${reason} ${events}`).sort();
  expect(sorted).toEqual([
    'asset_eaten unknown_event_type 1',
    'asset_viewed invalid_props 2',
    'null invalid_event 2',
    'null invalid_props 1',
  ]);
});

test('what cannot be added is kept for the next time', async () => {
  const added: unknown[] = [];
  let away = true;
  const counts = {
    add: async (day: string, ofDay: unknown) => {
      if (away) throw new Error('Redis is away.');
      added.push([day, ofDay]);
    },
  };
  const tally = new RejectionTally({ counts, log: LOG, flushEveryMs: 5 });
  tally.count([{ eventType: 'a' }, { eventType: 'a' }], [invalid, invalid], NOW);
  await tally.flush();
  expect(added).toEqual([]);
  away = false;
  await eventually(() => added.length > 0);
  expect(added).toEqual([[DAY, [{ eventType: 'a', reason: 'invalid_props', events: 2 }]]]);
  await tally.close();
});

test('names that callers make up are bounded', async () => {
  const added: { eventType: string | null; events: number }[] = [];
  const counts = {
    add: async (_day: string, ofDay: readonly { eventType: string | null; events: number }[]) => {
      added.push(...ofDay);
    },
  };
  const tally = new RejectionTally({ counts, log: LOG });
  const inputs = Array.from({ length: 600 }, (_, n) => ({ eventType: `made_up_${n}` }));
  tally.count(
    inputs,
    inputs.map(() => invalid),
    NOW,
  );
  await tally.close();
  expect(added).toHaveLength(501);
  expect(added.find(({ eventType }) => eventType === '(other)')?.events).toBe(100);
});
