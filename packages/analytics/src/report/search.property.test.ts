import { DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld, type StoredRow } from '../test-support/report-world.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { askSearch, type SearchQuestion } from './search.ts';
import type { SearchPace } from './search-windows.ts';

/** Few times and few values, so that many events share them. */
const event = fc.record({
  minutes: fc.integer({ min: -40, max: 0 }).map((n) => n * 5),
  visitor: fc.constantFrom('anna', 'bert'),
  path: fc.constantFrom('/a', '/b'),
  old: fc.boolean(),
});
type Happened = typeof event extends fc.Arbitrary<infer Event> ? Event : never;

interface Search {
  readonly question: Partial<SearchQuestion>;
  readonly scope: Partial<QuestionScope>;
  readonly meets: (event: Happened) => boolean;
}

const SEARCHES: Readonly<Record<string, Search>> = {
  all: { question: {}, scope: {}, meets: () => true },
  visitor: { question: { visitorId: 'anna' }, scope: {}, meets: ({ visitor }) => visitor === 'anna' },
  prop: { question: { props: { path: { is: '/a' } } }, scope: {}, meets: ({ path }) => path === '/a' },
  counted: { question: {}, scope: { bots: 'exclude' }, meets: () => true },
  filtered: {
    question: { eventType: 'page_viewed' },
    scope: { filter: [{ field: 'page', op: 'is', value: '/a' }] },
    meets: ({ path }) => path === '/a',
  },
};

const MINUTE_MS = 60_000;
const at = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE_MS);
/** A look of a few minutes and no time for a second one; looks that grow; one look for everything. */
const pace = fc.constantFrom<SearchPace>(
  { firstMs: 35 * MINUTE_MS, lookMs: 1, budgetMs: 0 },
  { firstMs: 2 * MINUTE_MS, lookMs: 60_000, budgetMs: 60_000 },
  { firstMs: 1e10, lookMs: 1, budgetMs: 60_000 },
);

const history = fc.record({
  there: fc.array(event, { maxLength: 12 }),
  /** What comes in behind each page. */
  later: fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 4 }),
  search: fc.constantFrom(...Object.keys(SEARCHES)),
  order: fc.constantFrom('newest' as const, 'oldest' as const),
  limit: fc.integer({ min: 1, max: 4 }),
  pace,
});

const RUNS = 25;
/** Events of at most 24 and looks of at most 9. */
const MOST_PAGES = 40;

function rowOf({ minutes, visitor, path, old }: Happened, siteId: string): StoredRow {
  const props = old ? { schemaVersion: 1, propsJson: { url: path } } : { propsJson: { path } };
  return pageView(minutes, { siteId, visitorId: visitor, sessionId: visitor, ...props });
}

test('no event appears twice, and none that was there is skipped, while others come in', {
  timeout: 60_000,
}, async () => {
  await using world = await openReportWorld();
  await fc.assert(
    fc.asyncProperty(history, async ({ there, later, search: name, order, limit, pace }) => {
      const siteId = uuidV7(world.clock.now.getTime());
      await world.prisma.site.create({ data: { id: siteId, tenantId: DEFAULT_TENANT_ID, name: siteId } });
      const search = SEARCHES[name] as Search;
      const stored = new Map<string, Happened>();
      const add = async (events: readonly Happened[]) => {
        const rows = events.map((one) => rowOf(one, siteId));
        await put(world, name, rows);
        for (const [n, one] of events.entries()) stored.set(rows[n]?.id ?? '', one);
      };
      await add(there);
      const wanted = [...stored].flatMap(([id, one]) => (search.meets(one) ? id : []));

      const scope = world.scope({ ...search.scope, siteId, from: at(-250), to: at(30) });
      const question = { props: {}, order, limit, ...search.question };
      const seen: { id: string; occurredAt: string }[] = [];
      let cursor: string | undefined;
      let page = 0;
      do {
        const answer = await askSearch(world.deps, scope, { ...question, cursor }, pace);
        seen.push(...answer.events);
        expect(answer.events.length).toBeLessThanOrEqual(limit);
        if (answer.events.length < limit && answer.nextCursor) expect(answer.scannedTo).not.toBeNull();
        cursor = answer.nextCursor ?? undefined;
        await add(later[page] ?? []);
        page += 1;
        expect(page).toBeLessThan(MOST_PAGES);
      } while (cursor !== undefined);

      const ids = seen.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(wanted));
      for (const id of ids) expect(search.meets(stored.get(id) as Happened)).toBe(true);
      const places = seen.map(({ id, occurredAt }) => `${occurredAt}/${id}`);
      const sorted = places.toSorted();
      expect(places).toEqual(order === 'oldest' ? sorted : sorted.reverse());
    }),
    { numRuns: RUNS },
  );
});

/** Only what is asked of events as they count, or of props that have changed since, has to be counted. */
async function put(world: ReportWorld, search: string, rows: readonly StoredRow[]): Promise<void> {
  if (rows.length === 0) return;
  if (search === 'all' || search === 'visitor') await store(world.prisma, rows);
  else await world.record(rows);
}
