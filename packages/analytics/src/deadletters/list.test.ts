import { MOST_DEAD_LETTERS_A_PAGE } from '@tallymark/contract/dead-letters';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLettersOf, insertLetter } from '../test-support/dead-letter-world.ts';
import { type IngestionWorld, NOW, openWorld } from '../test-support/ingestion-world.ts';

const at = ({ prisma }: IngestionWorld, id: string, ms: number) =>
  prisma.deadLetter.update({ where: { id }, data: { createdAt: new Date(NOW.getTime() + ms) } });

describe('the list of dead letters', () => {
  test('has every letter once, newest first, however its pages are cut and whatever arrives meanwhile', async () => {
    await using world = await openWorld();
    const deadLetters = deadLettersOf(world);
    const letters: { id: string; ms: number }[] = [];
    for (let n = 0; n < 25; n += 1) {
      // Many at one time, as a flush leaves them.
      const letter = { id: await insertLetter(world, { payload: '{}' }), ms: n % 4 };
      await at(world, letter.id, letter.ms);
      letters.push(letter);
    }
    const expected = letters.sort((a, b) => b.ms - a.ms || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
    let arrived = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        const seen: string[] = [];
        let cursor: string | null = null;
        for (let n = 0; n === 0 || cursor !== null; n += 1) {
          const page = await deadLetters.list({ cursor, limit: sizes[n % sizes.length], eventType: 'asset_viewed' });
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor;
          const late = await insertLetter(world, { payload: '{}' });
          arrived += 1;
          await at(world, late, 1_000 + arrived);
        }
        await world.prisma.deadLetter.deleteMany({ where: { createdAt: { gte: new Date(NOW.getTime() + 1_000) } } });
        expect(seen).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  test('can be narrowed to a reason, a type, and what is open', async () => {
    await using world = await openWorld();
    const deadLetters = deadLettersOf(world);
    const [refused, conflict, other] = [
      await insertLetter(world, { payload: '{}' }),
      await insertLetter(world, { payload: '{}', reason: 'conflict' }),
      await insertLetter(world, { payload: '{}', eventType: 'other' }),
    ];
    await world.prisma.deadLetter.update({ where: { id: other }, data: { resolution: 'stored', resolvedAt: NOW } });
    const idsOf = async (query: Parameters<typeof deadLetters.list>[0]) =>
      (await deadLetters.list(query)).items.map(({ id }) => id).sort();
    expect(await idsOf({})).toEqual([refused, conflict, other].sort());
    expect(await idsOf({ reason: 'conflict' })).toEqual([conflict]);
    expect(await idsOf({ eventType: 'other' })).toEqual([other]);
    expect(await idsOf({ resolved: true })).toEqual([other]);
    expect(await idsOf({ resolved: false })).toEqual([refused, conflict].sort());
    expect(await deadLetters.counts()).toEqual([
      { reason: 'conflict', open: 1, stored: 0, merged: 0 },
      { reason: 'refused', open: 1, stored: 1, merged: 0 },
    ]);
  });

  test.each([
    ['no JSON', new TextEncoder().encode('{"a":'), { isJson: false, text: '{"a":' }],
    ['no UTF-8', new Uint8Array([0xff, 0x00]), { isJson: false, text: '\ufffd\0' }],
    ['nothing', new Uint8Array(0), { isJson: false, text: '' }],
    ['NUL, escaped', new TextEncoder().encode('"\\u0000\\ud800"'), { isJson: true, text: '"\\u0000\\ud800"' }],
  ])('shows a payload that is %s', async (_what, payload, shown) => {
    await using world = await openWorld();
    const deadLetters = deadLettersOf(world);
    const id = await insertLetter(world, { payload });
    expect((await deadLetters.get(id)).payload).toEqual(shown);
    expect((await deadLetters.list()).items).toMatchObject([{ id, payload: shown }]);
    await expect(deadLetters.repair(id, {})).rejects.toMatchObject({ code: 'unreadable' });
    await expect(deadLetters.replay(id)).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('refuses what is no cursor, no page size, and no letter', async () => {
    await using world = await openWorld();
    const deadLetters = deadLettersOf(world);
    const unknown = '0193f7c2-3c48-7000-8000-00000000000a';
    const cursors = ['', 'x', `9999-99-99T99:99:99.999Z/${unknown}`, `${NOW.toISOString()}/${'-'.repeat(36)}`];
    for (const cursor of cursors) await expect(deadLetters.list({ cursor })).rejects.toThrow(/cursor/);
    await expect(deadLetters.list({ limit: MOST_DEAD_LETTERS_A_PAGE + 1 })).rejects.toThrow();
    const missing = { code: 'not_found' };
    await expect(deadLetters.get(unknown)).rejects.toMatchObject(missing);
    await expect(deadLetters.repair(unknown, {})).rejects.toMatchObject(missing);
    await expect(deadLetters.replay(unknown)).rejects.toMatchObject(missing);
  });
});
