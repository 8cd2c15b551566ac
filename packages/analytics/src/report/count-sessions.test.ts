import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageView } from '../test-support/enrichment-world.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { countSessions, sessionTotals } from './count-sessions.ts';
import type { Period } from './cut-period.ts';
import type { QuestionScope } from './resolve-scope.ts';

const DAY = 24 * 60;
const DAYS = 75;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

/** Sessions by the minutes of their events, each less than half an hour after the one before; some pass midnight. */
const SESSIONS = Array.from({ length: 60 }, (_, n) => {
  const start = -((n * 12_347) % (DAYS * DAY));
  // Every hundredth of a session lasts for hours, past the ends of quarters and days.
  const length = n % 10 === 0 ? 40 : n % 4;
  const minutes = Array.from({ length: length + 1 }, (_, step) => start + step * (5 + (n % 20)));
  return { id: `session ${n}`, minutes, bot: n % 6 === 0, converts: n % 7 === 0, path: n % 2 === 0 ? '/even' : '/odd' };
});

let world: ReportWorld;

beforeAll(async () => {
  world = await openReportWorld();
  await ensurePartitions(
    world.prisma,
    [0, 30, 60, DAYS].map((days) => at(-days * DAY)),
  );
  await world.record(SESSIONS.flatMap(eventsOf));
});
afterAll(() => world[Symbol.asyncDispose]());

function eventsOf({ id, minutes, bot, converts, path }: (typeof SESSIONS)[number]) {
  const more = { sessionId: id, visitorId: id, ...(bot && { userAgent: BOT }) };
  return minutes.map((minute, step) =>
    converts && step === minutes.length - 1 && step > 0
      ? pageView(minute, { ...more, eventType: 'license_signed', schemaVersion: 1, propsJson: {} })
      : pageView(minute, { ...more, propsJson: { path } }),
  );
}

const inBots = (bots: QuestionScope['bots'], bot: boolean) => bots === 'include' || (bots === 'only') === bot;
const within = (minute: number, { from, to }: Period) => at(minute) >= from && at(minute) < to;
const startOf = ({ minutes }: { minutes: number[] }) => minutes[0] ?? 0;
const endOf = ({ minutes }: { minutes: number[] }) => minutes.at(-1) ?? 0;
const oddIn = (session: (typeof SESSIONS)[number], period: Period) =>
  session.path === '/odd' &&
  eventsOf(session).some((event) => event.eventType === 'page_viewed' && inPeriod(event.occurredAt, period));
const inPeriod = (time: Date | string | undefined, { from, to }: Period) =>
  time !== undefined && new Date(time) >= from && new Date(time) < to;

const ODD = [{ field: 'page', op: 'is', value: '/odd' } as const];
const bots = fc.constantFrom('include' as const, 'exclude' as const, 'only' as const);
const moment = fc
  .tuple(fc.integer({ min: -(DAYS + 3) * DAY, max: DAY }), fc.constantFrom(DAY, 60, 1))
  .map(([time, unit]) => at(Math.floor(time / unit) * unit - 12 * 60));
const period = fc
  .tuple(moment, moment)
  .filter(([a, b]) => a.getTime() !== b.getTime())
  .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));

const ask = <Answer>(
  question: (db: Parameters<Parameters<typeof world.deps.reports.answer<Answer>>[1]>[0]) => Promise<Answer>,
) => world.deps.reports.answer('sessions', question);

test('sessions that went on in a period are counted, wherever they began and ended', async () => {
  await fc.assert(
    fc.asyncProperty(period, bots, async (asked, kind) => {
      const expected = SESSIONS.filter(
        (session) => inBots(kind, session.bot) && at(startOf(session)) < asked.to && at(endOf(session)) >= asked.from,
      ).length;
      const scope = world.scope({ ...asked, bots: kind });
      expect(await ask((db) => countSessions(db, scope))).toEqual({ value: expected, error: null });
    }),
    { numRuns: 60 },
  );
});

test('the sums are of the sessions that began in the period', async () => {
  await fc.assert(
    fc.asyncProperty(period, bots, fc.boolean(), async (asked, kind, filtered) => {
      const began = SESSIONS.filter(
        (session) =>
          inBots(kind, session.bot) && within(startOf(session), asked) && (!filtered || oddIn(session, asked)),
      );
      const sum = (of: (session: (typeof SESSIONS)[number]) => number) => began.reduce((all, one) => all + of(one), 0);
      const converted = (session: (typeof SESSIONS)[number]) =>
        session.converts && session.minutes.length > 1 ? 1 : 0;
      const scope = world.scope({ ...asked, bots: kind, filter: filtered ? ODD : [] });
      expect(await ask((db) => sessionTotals(db, scope))).toEqual({
        sessions: began.length,
        bounces: sum(({ minutes }) => (minutes.length === 1 ? 1 : 0)),
        converted: sum(converted),
        pageViews: sum((session) => session.minutes.length - converted(session)),
        seconds: sum((session) => (endOf(session) - startOf(session)) * 60),
      });
    }),
    { numRuns: 60 },
  );
});

test('with a filter, sessions are those of the events that meet it', async () => {
  await fc.assert(
    fc.asyncProperty(period, async (asked) => {
      const scope = world.scope({ ...asked, filter: ODD });
      const expected = SESSIONS.filter((session) => oddIn(session, asked)).length;
      expect(await ask((db) => countSessions(db, scope))).toEqual({ value: expected, error: null });
    }),
    { numRuns: 20 },
  );
});

test('a period of nothing has none', async () => {
  const scope = world.scope({ from: NOW, to: NOW });
  expect(await ask((db) => countSessions(db, scope))).toEqual({ value: 0, error: null });
  expect((await ask((db) => sessionTotals(db, scope))).sessions).toBe(0);
});
