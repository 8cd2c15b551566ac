import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { askSearch, type SearchQuestion } from './search.ts';
import type { SearchPace } from './search-windows.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000aa';

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (more: Partial<SearchQuestion>, scope: Partial<QuestionScope> = {}, pace?: SearchPace) =>
  askSearch(world.deps, world.scope(scope), { props: {}, order: 'newest', limit: 50, ...more }, pace);

const found = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).events.map(({ id }) => id);

/** Events under a service of their own, so that tests in one world are apart. */
const own = (service: string, rows: readonly ReturnType<typeof pageView>[]) => rows.map((row) => ({ ...row, service }));

describe('pages', () => {
  test('follow each other in both orders, and say when they end', async () => {
    const service = 'pages';
    const ids = await store(
      world.prisma,
      own(
        service,
        [-5, -5, -4, -3, -3].map((minutes) => pageView(minutes)),
      ),
    );
    const inOrder = (await found({ service, order: 'oldest' })).join();
    expect((await found({ service })).reverse().join()).toBe(inOrder);
    for (const order of ['newest', 'oldest'] as const) {
      const first = await ask({ service, order, limit: 2 });
      const second = await ask({ service, order, limit: 3, cursor: first.nextCursor ?? '' });
      expect(second.nextCursor).toBeNull();
      const all = [...first.events, ...second.events].map(({ id }) => id);
      expect((order === 'oldest' ? all : all.reverse()).join()).toBe(inOrder);
      expect(first.events).toHaveLength(2);
      expect(first.scannedTo).toBeNull();
    }
    expect(ids).toHaveLength(5);
  });

  test('are cut off when their time is up, and go on from there', async () => {
    const service = 'slow';
    const [a, b] = await store(world.prisma, own(service, [pageView(-600), pageView(-5)]));
    const pace: SearchPace = { firstMs: 86_400_000 + 1_800_000, lookMs: 500, budgetMs: 0 };
    const first = await ask({ service }, {}, pace);
    expect(first.events).toMatchObject([{ id: b }]);
    expect(first.scannedTo).toBe('2026-11-15T11:30:00.000Z');
    const second = await ask({ service, cursor: first.nextCursor ?? '' }, {}, pace);
    expect(second.events).toMatchObject([{ id: a }]);
    const patient = await ask({ service, cursor: first.nextCursor ?? '' }, {}, { ...pace, budgetMs: 60_000 });
    expect(patient).toMatchObject({ events: [{ id: a }], nextCursor: null, scannedTo: null });
  });

  test('of another search are refused', async () => {
    const service = 'refused';
    await store(world.prisma, own(service, [pageView(-5), pageView(-4)]));
    const { nextCursor } = await ask({ service, limit: 1 });
    const cursor = nextCursor ?? '';
    expect(await found({ service, cursor, limit: 7 })).toHaveLength(1);
    const refused = expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('The cursor') });
    const others: Parameters<typeof ask>[] = [
      [{ service: 'another', cursor }],
      [{ service, cursor, order: 'oldest' }],
      [{ service, cursor, eventType: 'page_viewed' }],
      [{ service, cursor, props: { path: { exists: true } } }],
      [{ service, cursor }, { from: new Date(0) }],
      [{ service, cursor }, { to: new Date('2026-11-17') }],
      [{ service, cursor }, { siteId: OTHER_SITE }],
      [{ service, cursor }, { bots: 'exclude' }],
      [{ service, cursor }, { filter: [{ field: 'channel', op: 'exists' }] }],
      [{ service, cursor: 'nonsense' }],
    ];
    for (const other of others) await expect(ask(...other), JSON.stringify(other)).rejects.toEqual(refused);
  });
});
