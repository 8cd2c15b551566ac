import { type BusinessAnswer, businessAnswer } from '@tallymark/contract/reports/business';
import { deleteBusinessAnswersBefore, insertBusinessAnswer } from '@tallymark/prisma/stores/business-history';
import { dimensionStatement, readBreakdown } from '@tallymark/prisma/stores/report-breakdown';
import { readHoursOfDay, readSiteTotals, readTopEntities } from '@tallymark/prisma/stores/report-business';
import { JsonCache } from '@tallymark/redis/json-cache';
import { countSessions } from './count-sessions.ts';
import { countVisitors } from './count-visitors.ts';
import { piecesOf } from './pieces-of.ts';
import { conversionTypes, pageViewTypes } from './plan-types.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { askTimeseries } from './timeseries.ts';
import { typeTotals } from './type-totals.ts';

const CACHED_SECONDS = 60;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TOP = 10;
const KEPT_DAYS = 90;

/** How a site is doing: looked up once a minute for everybody, and kept. */
export class BusinessStats {
  private readonly cache: JsonCache;

  constructor(private readonly deps: ReportDeps) {
    this.cache = new JsonCache(deps.redis);
  }

  ask(siteId: string, timeZone: string): Promise<BusinessAnswer> {
    return this.cache.remember(`business:${siteId}:${timeZone}`, {
      ttlSeconds: CACHED_SECONDS,
      parse: (json) => businessAnswer.safeParse(json).data ?? null,
      compute: async () => {
        const answer = await lookUp(this.deps, siteId, timeZone);
        await this.keep(answer);
        return answer;
      },
    });
  }

  /** An answer that cannot be kept is an answer all the same. */
  private async keep(answer: BusinessAnswer): Promise<void> {
    const { prisma, now, log } = this.deps;
    const before = new Date(now().getTime() - KEPT_DAYS * DAY_MS);
    try {
      await insertBusinessAnswer(prisma, answer);
      await deleteBusinessAnswersBefore(prisma, answer.siteId, before);
    } catch (error) {
      log.warn({ err: error, siteId: answer.siteId }, 'an answer of stats.business was not kept');
    }
  }
}

async function lookUp(deps: ReportDeps, siteId: string, timeZone: string): Promise<BusinessAnswer> {
  const now = deps.now();
  const last = (ms: number): QuestionScope => ({
    siteId,
    from: new Date(now.getTime() - ms),
    to: now,
    timeZone,
    bots: 'include',
    filter: [],
  });
  // The minute that is under way and the 59 before it.
  const from = startOfMinute(now.getTime() - 59 * MINUTE_MS);
  const minutes = { ...last(HOUR_MS), from, to: new Date(from.getTime() + HOUR_MS) };
  const { series } = await askTimeseries(deps, minutes, { metric: 'events', unit: 'minute', previous: false });
  return deps.reports.answer('stats.business', async (db) => {
    const [hour, day, month] = [last(HOUR_MS), last(DAY_MS), last(30 * DAY_MS)];
    const types = await typeTotals(db, day);
    return {
      siteId,
      takenAt: now.toISOString(),
      incompleteBefore: null,
      totals: await readSiteTotals(db, siteId),
      bySource: await topOf(db, month, 'source'),
      byService: await topOf(db, month, 'service'),
      last24Hours: {
        events: sumOf(types, null, 'events'),
        visitors: (await countVisitors(db, day)).value,
        sessions: (await countSessions(db, day)).value,
        pageViews: sumOf(types, pageViewTypes(deps.plan), 'events'),
        conversions: sumOf(types, conversionTypes(deps.plan), 'events'),
        value: sumOf(types, null, 'value'),
      },
      lastHour: {
        events: sumOf(await typeTotals(db, hour), null, 'events'),
        visitors: (await countVisitors(db, hour)).value,
      },
      perMinute: (series[0]?.points ?? []).map(({ start, value }) => ({ start, events: value })),
      top: {
        types: types.slice(0, TOP).map(({ eventType, events }) => ({ name: eventType, events })),
        pages: (await topOf(db, day, 'page', TOP + 1)).filter(({ name }) => name !== null).slice(0, TOP),
        entities: await readTopEntities(db, day, TOP),
      },
      byHour: hoursOf(await readHoursOfDay(db, month)),
    };
  });
}

const startOfMinute = (ms: number) => new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS);

function sumOf(
  totals: readonly { readonly eventType: string; readonly events: number; readonly value: number }[],
  types: readonly string[] | null,
  of: 'events' | 'value',
): number {
  return totals.reduce((sum, total) => (types === null || types.includes(total.eventType) ? sum + total[of] : sum), 0);
}

async function topOf(db: ReportReader, scope: QuestionScope, by: 'source' | 'service' | 'page', limit = TOP) {
  const pieces = piecesOf(scope);
  const rows = await readBreakdown(
    db,
    dimensionStatement(scope, { pieces, by, sum: 'events', eventTypes: null, limit }),
  );
  return rows.map(({ name, value }) => ({ name: name === '' ? null : name, events: value }));
}

function hoursOf(found: readonly { readonly hour: number; readonly events: number }[]) {
  const events = new Map(found.map((one) => [one.hour, one.events]));
  return Array.from({ length: 24 }, (_, hour) => ({ hour, events: events.get(hour) ?? 0 }));
}
