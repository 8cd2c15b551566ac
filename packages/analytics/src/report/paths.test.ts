import { pathsInput } from '@tallymark/contract/reports/paths';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { groupBy, inScope, journeyEvents, recordJourneys, type StoredEvent } from '../test-support/journey-history.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askPaths } from './paths.ts';
import { ReportDatabase, type ReportReader } from './report-database.ts';

const POINTS = [
  { at: { page: '/a' }, is: ({ page }: StoredEvent) => page === '/a' },
  { at: { page: '/b*' }, is: ({ page }: StoredEvent) => page?.startsWith('/b') ?? false },
  { at: { eventType: 'page_viewed' }, is: ({ type }: StoredEvent) => type === 'page_viewed' },
  { at: { eventType: 'cta_clicked' }, is: ({ type }: StoredEvent) => type === 'cta_clicked' },
];
const MINUTES = [0, 0, 0, 1, 2, 3, 4, 5, 1_439, 1_440];
const question = fc.record({
  point: fc.constantFrom(...POINTS),
  direction: fc.constantFrom('after' as const, 'before' as const),
  of: fc.constantFrom('pages' as const, 'events' as const),
  depth: fc.integer({ min: 1, max: 5 }),
  bots: fc.constantFrom('include' as const, 'exclude' as const),
});
type Question = typeof question extends fc.Arbitrary<infer Asked> ? Asked : never;

const PERIOD = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Reads facts as they lie in the table, where a plan with an index might give them in the order of their ids. */
class UnsortedReports extends ReportDatabase {
  override answer<Answer>(question: string, work: (db: ReportReader) => Promise<Answer>): Promise<Answer> {
    return super.answer(question, async (db) => {
      await db.$executeRawUnsafe('SET LOCAL enable_indexscan = off');
      await db.$executeRawUnsafe('SET LOCAL enable_bitmapscan = off');
      return work(db);
    });
  }
}

/** The path of one session: its nodes from the point on, written down and then cleared of repeats. */
function slowPath(events: readonly StoredEvent[], { point, direction, of, depth }: Question): string[] | null {
  const first = events.findIndex(point.is);
  if (first < 0) return null;
  const onTheWay = direction === 'after' ? events.slice(first) : events.slice(0, first + 1).reverse();
  const nodes = onTheWay.map(({ page, type }) => (of === 'pages' ? page : type));
  const [own, ...rest] = nodes.filter((node, at) => at === 0 || node !== null);
  const folded = rest.filter((node, at) => node !== (at === 0 ? own : rest[at - 1]));
  return folded.slice(0, depth).map(String);
}

/** How many sessions go from where to where: the level, and what is on it and on the next. */
function slowLinks(paths: readonly string[][], depth: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const path of paths) {
    const whole = path.length < depth ? [...path, 'end'] : path;
    whole.forEach((node, level) => {
      const link = `${level} ${level === 0 ? 'point' : whole[level - 1]} > ${node}`;
      counts[link] = (counts[link] ?? 0) + 1;
    });
  }
  return counts;
}

test('paths are those of each session, event by event', async () => {
  await fc.assert(
    fc.asyncProperty(
      journeyEvents(MINUTES, 60),
      fc.array(question, { minLength: 6, maxLength: 12 }),
      async (history, questions) => {
        const { siteId, stored } = await recordJourneys(world, history);
        const deps = { ...world.deps, reports: new UnsortedReports({ prisma: world.prisma }) };
        for (const asked of questions) {
          const scope = world.scope({ siteId, bots: asked.bots });
          const input = pathsInput.parse({ ...PERIOD, at: asked.point.at, ...rest(asked), top: 50 });
          const answer = await askPaths(deps, scope, input);
          const events = inScope(stored, scope);
          const paths = [...groupBy(events, ({ session }) => session).values()].flatMap((own) => {
            const path = slowPath(own, asked);
            return path ? [path] : [];
          });
          const nodes = answer.levels.flatMap((level) => level.nodes);
          const name = (id: string) => {
            const node = nodes.find((one) => one.id === id);
            return id.startsWith('0:') ? 'point' : (node?.value ?? node?.kind);
          };
          const links = answer.links.map(({ level, from, to, sessions }) => [
            `${level} ${name(from)} > ${name(to)}`,
            sessions,
          ]);
          expect(Object.fromEntries(links)).toEqual(slowLinks(paths, asked.depth));
          expect(answer.sessions).toBe(paths.length);
          const lost = events.filter((event) => event.session === null && asked.point.is(event));
          expect(answer.eventsWithoutSession).toBe(lost.length);
        }
      },
    ),
    { numRuns: 6 },
  );
});

const rest = ({ direction, of, depth }: Question) => ({ direction, of, depth });

test('events of one moment come in the order of their ids', async () => {
  const ofThisMoment = uuidV7(NOW.getTime()).slice(0, 14);
  await world.record(
    [1, 2, 3].map((n) =>
      pageView(0, { id: `${ofThisMoment}7000-8000-00000000000${n}`, visitorId: 'zoe', propsJson: { path: `/z${n}` } }),
    ),
  );
  // Written anew, the first stands behind the others.
  await world.prisma.$executeRawUnsafe(`UPDATE event_facts SET change = change WHERE page = '/z1'`);
  const deps = { ...world.deps, reports: new UnsortedReports({ prisma: world.prisma }) };
  const { links } = await askPaths(deps, world.scope(), pathsInput.parse({ ...PERIOD, at: { page: '/z1' } }));
  expect(links.map(({ to }) => to)).toEqual(['1:/z2', '2:/z3', '3(end)']);
});

test('paths that would read too much are refused', async () => {
  const reports = new ReportDatabase({ prisma: world.prisma, maxRows: 0 });
  const asked = askPaths({ ...world.deps, reports }, world.scope(), pathsInput.parse({ ...PERIOD, at: { page: '/' } }));
  await expect(asked).rejects.toMatchObject({ code: 'too_expensive' });
});
