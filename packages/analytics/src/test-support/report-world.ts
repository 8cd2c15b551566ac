import { demoPlan } from '@tallymark/contract/demo-plan';
import type { TrackingPlan } from '@tallymark/contract/plan';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { ProjectionService } from '../project/service.ts';
import { ReportDatabase } from '../report/report-database.ts';
import type { ReportDeps } from '../report/report-deps.ts';
import type { QuestionScope } from '../report/resolve-scope.ts';
import { type EnrichmentWorld, openEnrichmentWorld, type pageView, store } from './enrichment-world.ts';
import { LOG, NOW } from './ingestion-world.ts';

const DAY_MS = 86_400_000;

export interface ReportWorld extends EnrichmentWorld {
  readonly deps: ReportDeps;
  /** Another process that folds; small batches where asked for. */
  projections(options?: { readonly eventsAtOnce?: number; readonly changesAtOnce?: number }): ProjectionService;
  /** Stores rows, enriches them and folds; answers their ids. */
  record(rows: Parameters<typeof store>[1]): Promise<string[]>;
  /** Folds whatever is new. */
  fold(): Promise<void>;
  /** Of the default site: the 30 days up to `NOW` and the day behind it. */
  scope(more?: Partial<QuestionScope>): QuestionScope;
}

export type StoredRow = ReturnType<typeof pageView>;

/** A world whose events are counted, and can be asked about. */
export async function openReportWorld({
  plan = demoPlan,
}: {
  readonly plan?: TrackingPlan;
} = {}): Promise<ReportWorld> {
  const world = await openEnrichmentWorld();
  const { prisma, redis, clock } = world;
  const now = () => clock.now;
  const projections: ReportWorld['projections'] = (options) =>
    new ProjectionService({ prisma, plan, log: LOG, now, ...options });
  const own = projections();
  return {
    ...world,
    deps: { reports: new ReportDatabase({ prisma }), prisma, redis, plan, log: LOG, now },
    projections,
    fold: () => own.catchUp(),
    record: async (rows) => {
      const ids = await store(prisma, rows);
      await world.enrichment.enrichEvents(ids);
      await own.catchUp();
      return ids;
    },
    scope: (more) => ({
      siteId: DEFAULT_SITE_ID,
      from: new Date(NOW.getTime() - 30 * DAY_MS),
      to: new Date(NOW.getTime() + DAY_MS),
      timeZone: 'UTC',
      bots: 'include',
      filter: [],
      ...more,
    }),
  };
}

/** What is counted, by page. */
export async function pagesOf({ prisma }: Pick<ReportWorld, 'prisma'>): Promise<Record<string, number | null>> {
  const where = { dimension: 'page' };
  const rows = await prisma.dimensionDay.groupBy({ by: ['value'], where, _sum: { events: true } });
  return Object.fromEntries(rows.map(({ value, _sum }) => [value, _sum.events]));
}
