import type { TriedAlert } from '@tallymark/contract/alerts';
import { AlertProblem } from './alert-problem.ts';
import { inTurn } from './in-turn.ts';
import { isMet } from './judge-condition.ts';
import { type MeasureDeps, type MeasuredRule, measureAlert } from './measure-alert.ts';

export interface TryOutDeps extends Omit<MeasureDeps, 'figures'> {
  readonly now: Date;
  /** What all questions together may take. */
  readonly budgetMs?: number;
}

type Point = TriedAlert['points'][number];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const MOST_POINTS = 500;
const BUDGET_MS = 10_000;
/** Whoever tries a rule out leaves the others their connections. */
const ASKED_AT_ONCE = 2;
const STEPS_MINUTES = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720];

/** When a rule would have fired in the last days: evaluated as densely as the questions can be asked. @throws AlertProblem */
export async function tryAlert(deps: TryOutDeps, rule: MeasuredRule, days: number): Promise<TriedAlert> {
  if (rule.source.kind === 'pipeline') {
    throw new AlertProblem(
      'rule',
      'Figures of the pipeline have no past to try a rule on. Save the rule and watch it.',
    );
  }
  const { now, budgetMs = BUDGET_MS } = deps;
  const started = performance.now();
  const measuring = { ...deps, figures: { read: async () => null } };
  const pointAt = async (at: Date): Promise<Point> => {
    const measured = await measureAlert(measuring, rule, at);
    return { at: at.toISOString(), value: measured.value, met: isMet(rule.condition, measured) };
  };
  const latest = await pointAt(now);
  const oneMs = performance.now() - started;
  const stepMinutes = stepFor(days * DAY_MINUTES, Math.floor((budgetMs * ASKED_AT_ONCE) / Math.max(oneMs, 1)));
  const count = Math.floor((days * DAY_MINUTES) / stepMinutes);
  const times = Array.from({ length: count - 1 }, (_, n) => timeBefore(now, (count - 1 - n) * stepMinutes));
  const points: Point[] = new Array(times.length);
  // What was slower than the first one said is not waited for without end.
  const goOn = () => !deps.signal?.aborted && performance.now() - started < 3 * budgetMs;
  const begun = await inTurn(times, { atOnce: ASKED_AT_ONCE, goOn }, async (at, index) => {
    points[index] = await pointAt(at);
  });
  if (begun < times.length) {
    const message =
      'The question takes too long to try the rule on the past. Try fewer days, a shorter window or a filter.';
    throw new AlertProblem('passing', message);
  }
  const all = [...points, latest];
  return { stepMinutes, points: all, fired: firedIn(all) };
}

const timeBefore = (now: Date, minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);

function stepFor(minutes: number, affordable: number): number {
  const most = Math.min(MOST_POINTS, affordable);
  return STEPS_MINUTES.find((step) => minutes / step <= most) ?? STEPS_MINUTES[STEPS_MINUTES.length - 1] ?? 1;
}

/** From the first point that met the condition to the first that did not. */
function firedIn(points: readonly Point[]): TriedAlert['fired'] {
  const fired: TriedAlert['fired'] = [];
  for (const { at, met } of points) {
    const open = fired.at(-1)?.to === null ? fired.at(-1) : undefined;
    if (met && !open) fired.push({ from: at, to: null });
    if (!met && open) open.to = at;
  }
  return fired;
}
