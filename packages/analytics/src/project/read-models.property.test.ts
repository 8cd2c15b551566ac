import { demoPlan } from '@tallymark/contract/demo-plan';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { dropFoldedRetractions } from '@tallymark/prisma/stores/projections';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { foldFactsAlone } from '../test-support/fold-behind.ts';
import { HISTORY_MONTHS, type HistoryEvent } from '../test-support/history-events.ts';
import { History, historyStep } from '../test-support/history-steps.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { RECOUNTS, recountAll } from '../test-support/recount-all.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { foldProjection } from './fold-projection.ts';
import { projectionsOf } from './projections.ts';
import { type ProjectionOptions, ProjectionService } from './service.ts';

const PROJECTIONS = projectionsOf(demoPlan);
const several = fc.integer({ min: 1, max: 4 });

/** Facts alone, one read model by itself, or all there is: read models are behind facts, and not all as far. */
const foldStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('facts' as const), events: several }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('project' as const),
      names: fc.subarray(PROJECTIONS.map(({ name }) => name)),
      changes: several,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('all' as const), events: several, changes: several }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forget' as const) }) },
);
type FoldStep = typeof foldStep extends fc.Arbitrary<infer Step> ? Step : never;

const service = ({ prisma, clock }: ReportWorld, options?: Partial<ProjectionOptions>) =>
  new ProjectionService({
    prisma,
    plan: demoPlan,
    log: LOG,
    now: () => clock.now,
    ...options,
  });

async function openHistoryWorld(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await ensurePartitions(world.prisma, HISTORY_MONTHS);
  await service(world).catchUp();
  return world;
}

async function fold(world: ReportWorld, step: FoldStep): Promise<void> {
  if (step.does === 'forget') await dropFoldedRetractions(world.prisma);
  else if (step.does === 'facts') {
    await foldFactsAlone(world, { eventsAtOnce: step.events });
  } else if (step.does === 'all') {
    await service(world, { eventsAtOnce: step.events, changesAtOnce: step.changes }).catchUp();
  } else {
    const named = PROJECTIONS.filter(({ name }) => step.names.includes(name));
    await Promise.all(named.map((projection) => foldProjection(world.prisma, projection, step.changes)));
  }
}

test('whatever happens to events, and whenever they are folded, read models are what events and attribution say', async () => {
  await using world = await openHistoryWorld();
  const steps = fc.array(fc.oneof({ weight: 3, arbitrary: historyStep }, { weight: 2, arbitrary: foldStep }), {
    minLength: 3,
    maxLength: 14,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const history = new History(world);
      await history.begin();
      for (const step of taken) {
        if (isFold(step)) await fold(world, step);
        else await history.take(step);
      }
      await service(world).catchUp();
      expect(await recountAll(world.prisma, history.sites)).toEqual([]);
    }),
    { numRuns: 15 },
  );
}, 180_000);

test('two processes that fold while events come in and are corrected come to the same', async () => {
  await using world = await openHistoryWorld();
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => warnings.push(line) });
  const steps = fc.array(historyStep, { minLength: 8, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(steps, several, several, async (taken, eventsAtOnce, changesAtOnce) => {
      const history = new History(world);
      await history.begin();
      const folding = [1, 2].map(() => service(world, { log, eventsAtOnce, changesAtOnce, pollMs: 1 }));
      for (const one of folding) one.start();
      for (const step of taken) await history.take(step);
      await Promise.all(folding.map((one) => one.catchUp()));
      await Promise.all(folding.map((one) => one.stop()));
      await service(world).catchUp();
      expect(await recountAll(world.prisma, history.sites)).toEqual([]);
    }),
    { numRuns: 3 },
  );
  // A fold that fails is tried again, and would go unseen.
  expect(warnings).toEqual([]);
}, 180_000);

/** A conversion of somebody known, in a session, sampled, of an entity and a campaign: a row in every read model. */
const IN_EVERY_READ_MODEL: HistoryEvent = {
  at: 0,
  kind: {
    eventType: 'campaign_conversion',
    entityType: 'campaign',
    entityId: 'c2',
    propsJson: { campaignId: 'c2', value: 900 },
  },
  touch: {},
  site: 0,
  visitor: 'anna',
  session: 'one',
  userAgent: null,
  service: null,
  samplingRate: 50,
  count: 1,
};
/** A number in each row; `stored` where there is one. */
const NUMBERS: Readonly<Record<string, string>> = {
  session_days: 'bounces',
  session_months: 'seconds',
  conversion_touches: 'weight',
};

test('a recount finds one cell that is wrong, or one row that is missing, in any read model', async () => {
  await using world = await openHistoryWorld();
  const history = new History(world);
  await history.begin();
  await history.take({ does: 'store', enriched: true, events: [IN_EVERY_READ_MODEL] });
  await service(world).catchUp();
  expect(await recountAll(world.prisma, history.sites)).toEqual([]);
  const tables = PROJECTIONS.flatMap((one) => one.tables.flatMap(({ name, derived }) => (derived ? [] : name)));
  expect(RECOUNTS.map(({ table }) => table).sort()).toEqual([...tables].sort());
  for (const table of tables) {
    const number = NUMBERS[table] ?? 'stored';
    const one = `ctid = (SELECT ctid FROM ${table} LIMIT 1)`;
    for (const [statement, found] of [
      [`UPDATE ${table} SET ${number} = ${number} + 1 WHERE ${one}`, 1],
      [`DELETE FROM ${table} WHERE ${one}`, 0],
    ] as const) {
      await undone(world, async (tx) => {
        await tx.$executeRawUnsafe(statement);
        const broken = await recountAll(tx, history.sites);
        expect(broken).toMatchObject([{ table, recounted: { length: 1 }, found: { length: found } }]);
      });
    }
  }
}, 60_000);

class Undo extends Error {}

/** Hands `check` a transaction that is rolled back. */
async function undone({ prisma }: ReportWorld, check: (tx: SqlExecutor) => Promise<void>): Promise<void> {
  const rolledBack = prisma.$transaction(async (tx) => {
    await check(tx);
    throw new Undo();
  });
  await expect(rolledBack).rejects.toThrow(Undo);
}

const FOLDS: ReadonlySet<string> = new Set<FoldStep['does']>(['facts', 'project', 'all', 'forget']);
const isFold = (step: { readonly does: string }): step is FoldStep => FOLDS.has(step.does);
