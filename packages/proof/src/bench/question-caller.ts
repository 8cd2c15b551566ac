import { ReportDatabase } from '@tallymark/analytics/report/report-database';
import { createCampaignsRouter } from '@tallymark/analytics/routers/campaigns';
import { createEventsRouter } from '@tallymark/analytics/routers/events';
import { createOpsRouter } from '@tallymark/analytics/routers/ops';
import { createStatsRouter } from '@tallymark/analytics/routers/stats';
import { createCallerFactory, router } from '@tallymark/analytics/routers/trpc';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { createPrisma } from '@tallymark/prisma/client';
import { pino } from 'pino';
import { historyPlan } from './history-plan.ts';
import { recording, type Statement } from './recorded-statements.ts';

const asked = () =>
  router({
    stats: createStatsRouter(),
    events: createEventsRouter(historyPlan),
    campaigns: createCampaignsRouter(),
    ops: createOpsRouter(),
  });

/** An admin who asks a database questions, without a cache, as of `now`. `statements` are those of questions so far. */
export function questionCaller(databaseUrl: string, now: Date) {
  const prisma = createPrisma({ databaseUrl, maxConnections: 2, applicationName: 'tallymark-bench' });
  const statements: Statement[] = [];
  const reports = {
    reports: new ReportDatabase({ prisma: recording(prisma, statements) }),
    prisma,
    redis: null,
    plan: historyPlan,
    log: pino({ level: 'silent' }),
    now: () => now,
    defaultSiteId: DEFAULT_SITE_ID,
  };
  const context = {
    requestContext: { session: { userId: 'bench', role: 'admin' } },
    operations: { reports, questionTimes: { read: async () => ({ available: false, questions: [] }) } },
  };
  // Nothing that is asked here sends events.
  const caller = createCallerFactory(asked())(context as never);
  return {
    caller,
    statements,
    explain: async ({ sql, parameters }: Statement) => {
      const rows = await prisma.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
        `EXPLAIN (ANALYZE, BUFFERS) ${sql}`,
        ...parameters,
      );
      return rows.map((row) => row['QUERY PLAN']);
    },
    [Symbol.asyncDispose]: () => prisma.$disconnect(),
  };
}

export type AskedQuestions = ReturnType<typeof questionCaller>;
export type Caller = AskedQuestions['caller'];
