import { exact, type Figure } from '@tallymark/contract/reports/figure';
import type { ComparedFigure, OverviewAnswer } from '@tallymark/contract/reports/overview';
import { firstDayOf } from '@tallymark/prisma/stores/report-first-day';
import { estimated } from './campaign-figures.ts';
import { countSessions, sessionTotals } from './count-sessions.ts';
import { countVisitors } from './count-visitors.ts';
import { conversionTypes, pageViewTypes } from './plan-types.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { standardError, standardErrors } from './sampling-error.ts';
import { answered } from './scope-answer.ts';
import { typeTotals } from './type-totals.ts';
import { valueError } from './value-error.ts';

/** What a period comes to, beside the one of equal length before it. The two are worked out at the same time. */
export async function askOverview(deps: ReportDeps, scope: QuestionScope): Promise<OverviewAnswer> {
  const before = previousOf(scope);
  const [now, then, since] = await Promise.all([
    askFigures(deps, 'stats.overview', scope, true),
    askFigures(deps, 'stats.overview, the period before', before, false),
    deps.reports.answer('stats.overview, the first day', (db) => firstDayOf(db, scope.siteId)),
  ]);
  const compared = (name: keyof Figures): ComparedFigure => compare(now.figures[name], then.figures[name]);
  return {
    scope: { ...now.scope, incompleteBefore: now.scope.incompleteBefore ?? then.scope.incompleteBefore },
    previous: { from: before.from.toISOString(), to: before.to.toISOString() },
    since,
    visitors: compared('visitors'),
    sessions: compared('sessions'),
    events: compared('events'),
    pageViews: compared('pageViews'),
    conversions: compared('conversions'),
    conversionRate: compared('conversionRate'),
    bounceRate: compared('bounceRate'),
    sessionDuration: compared('sessionDuration'),
    value: compared('value'),
  };
}

/** Errors take longest, and nobody asks for those of the period before. */
function askFigures(deps: ReportDeps, question: string, scope: QuestionScope, withErrors: boolean) {
  return deps.reports.answer(question, async (db) => {
    return { scope: answered(scope), figures: await figuresOf(deps, db, scope, withErrors) };
  });
}

/** The period of equal length that ends where this one begins. */
export function previousOf(scope: QuestionScope): QuestionScope {
  return { ...scope, from: new Date(2 * scope.from.getTime() - scope.to.getTime()), to: scope.from };
}

export function compare(now: Figure, then: Figure): ComparedFigure {
  const change = then.value === 0 ? null : ((now.value - then.value) / then.value) * 100;
  return { ...now, previous: then.value, change };
}

type Figures = Readonly<Record<Exclude<keyof OverviewAnswer, 'scope' | 'previous' | 'since'>, Figure>>;

async function figuresOf(
  deps: ReportDeps,
  db: ReportReader,
  scope: QuestionScope,
  withErrors: boolean,
): Promise<Figures> {
  const totals = await typeTotals(db, scope);
  const sum = (types: readonly string[] | null, of: 'events' | 'value') =>
    totals.reduce((all, total) => (types === null || types.includes(total.eventType) ? all + total[of] : all), 0);
  const sampled = withErrors ? await standardErrors(db, scope) : new Map<string, number>();
  const events = async (types: readonly string[] | null): Promise<Figure> => {
    const among = [...sampled].filter(([type]) => types === null || types.includes(type));
    // Several types of one visitor were kept or dropped together: their errors do not simply add up.
    const standard = among.length > 1 ? await standardError(db, scope, types) : (among[0]?.[1] ?? 0);
    return estimated(sum(types, 'events'), standard);
  };
  const begun = await sessionTotals(db, scope);
  const value = sum(null, 'value');
  const share = (part: number) => exact(begun.sessions === 0 ? 0 : (part / begun.sessions) * 100);
  return {
    visitors: await countVisitors(db, scope),
    sessions: await countSessions(db, scope),
    events: await events(null),
    pageViews: await events(pageViewTypes(deps.plan)),
    conversions: await events(conversionTypes(deps.plan)),
    conversionRate: share(begun.converted),
    bounceRate: share(begun.bounces),
    sessionDuration: exact(begun.sessions === 0 ? 0 : begun.seconds / begun.sessions),
    value: estimated(value, withErrors ? await valueError(deps, db, scope, value) : 0),
  };
}
