import { ProjectionAdmin } from '@tallymark/analytics/project/admin';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { createPrisma } from '@tallymark/prisma/client';
import { migrate } from '@tallymark/prisma/migrate';
import { pino } from 'pino';
import { isUpToDate } from './folded.ts';
import { historyPlan } from './history-plan.ts';
import { loadHistory } from './load-history.ts';
import { median } from './measure.ts';
import { questionCaller } from './question-caller.ts';
import { type Question, questions } from './questions.ts';
import { atMost, type Benchmark, machine, type Target } from './report.ts';
import { slowestPlans } from './slowest-plans.ts';
import { until } from './steady.ts';
import { throwawayDatabase } from './throwaway-database.ts';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 10_000_000);
/** Database that a former run has loaded and left, for whoever works on one question. */
const { BENCH_LOADED_DATABASE } = process.env;
const DAYS = 365;
const FROM = new Date('2025-11-22T00:00:00Z');
const NOW = new Date(FROM.getTime() + DAYS * 86_400_000);
const VISITORS = 200_000;
const REPEATS = 20;
const PATIENCE_MS = 3_600_000;
const PERIODS = { '24 h': 1, '30 days': 30, '12 months': DAYS } as const;
type Period = keyof typeof PERIODS;

interface MeasuredQuestion {
  readonly question: Question;
  readonly period: Period;
  readonly asked: { readonly from: string; readonly to: string };
  readonly p50: number;
  readonly p95: number;
  /** Why it was not answered; empty where it was. */
  readonly refused: string;
}

/** Milliseconds that the 95th of 100 answers takes at the most. */
const FROM_READ_MODELS_MS = 100;
const RAW_MS = 1_000;
const ANY_MS = 3_000;

/** Every question over three periods of a year of events, each 20 times; the plans of the slowest three. */
export const query: Benchmark = async (note) => {
  await using database = BENCH_LOADED_DATABASE
    ? { url: BENCH_LOADED_DATABASE, [Symbol.asyncDispose]: async () => {} }
    : await loadedDatabase(note);
  await using asked = questionCaller(database.url, NOW);
  const measured: MeasuredQuestion[] = [];
  for (const question of questions) {
    for (const period of Object.keys(PERIODS) as Period[]) {
      const to = NOW.toISOString();
      const from = new Date(NOW.getTime() - PERIODS[period] * 86_400_000).toISOString();
      const times: number[] = [];
      let refused = '';
      for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
        const started = performance.now();
        const error = await question.ask(asked.caller, { from, to }).then(
          () => null,
          (reason: Error) => reason,
        );
        // The first is for what is read from disk, and for code that is compiled.
        if (repeat > 0) times.push(performance.now() - started);
        if (error) refused = error.message;
        if (error || (times.at(-1) ?? 0) > ANY_MS) break;
      }
      const sorted = times.toSorted((a, b) => a - b);
      const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
      measured.push({ question, period, asked: { from, to }, p50: median(times), p95, refused });
      note(`${question.name}, ${period}: p95 ${p95.toFixed(1)} ms ${refused}`);
    }
  }
  note('\nThe plans of the slowest three:');
  for (const plan of await slowestPlans(asked, measured)) note(plan);
  return {
    name: 'query',
    table: measured.map(({ question, period, p50, p95, refused }) => ({
      question: question.name,
      period,
      'p50 ms': p50,
      'p95 ms': p95,
      from: question.raw ? 'facts' : 'read models',
      refused,
    })),
    targets: measured.flatMap(({ question, period, p95 }) => target(question, period, p95)),
    conditions: { ...machine(), events: EVENTS, days: DAYS, visitors: VISITORS, repeats: REPEATS },
  };
};

function target({ name, raw }: Question, period: Period, p95: number): Target[] {
  // What reads facts promises its second for 30 days; over a year it has the limit of all.
  const limit = raw ? (period === '12 months' ? ANY_MS : RAW_MS) : FROM_READ_MODELS_MS;
  return [atMost(`p95 of ${name} over ${period} in ms`, p95, limit)];
}

async function loadedDatabase(note: (line: string) => void) {
  const database = await throwawayDatabase();
  await migrate(database.url);
  note(`loading ${EVENTS.toLocaleString('en')} events`);
  await loadHistory(database.url, { events: EVENTS, from: FROM, days: DAYS, visitors: VISITORS, seed: 1 }, note);
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 6, applicationName: 'tallymark-bench' });
  const service = new ProjectionService({ prisma, plan: historyPlan, log: pino({ level: 'warn' }), pollMs: 100 });
  note('folding them into every read model');
  const started = performance.now();
  service.start();
  const admin = new ProjectionAdmin({ prisma, plan: historyPlan });
  await until(async () => (await prisma.projectionRebuild.count()) > 0 && (await isUpToDate(admin)), PATIENCE_MS);
  await service.stop();
  // Sketches and whatever else is done when there is time.
  await service.catchUp();
  note(`folded in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  // What autovacuum does sooner or later.
  await prisma.$executeRawUnsafe('VACUUM ANALYZE');
  await prisma.$disconnect();
  return database;
}
