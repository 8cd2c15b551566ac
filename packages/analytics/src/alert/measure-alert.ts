import type { AlertCondition, AlertSource } from '@tallymark/contract/alerts';
import type { RequestContext } from '@tallymark/contract/request-context';
import { AlertProblem } from './alert-problem.ts';
import type { Ask } from './ask-question.ts';
import type { Measured } from './judge-condition.ts';
import type { PipelineFigures } from './pipeline-figures.ts';
import { readPointer } from './read-pointer.ts';

export interface MeasuredRule {
  /** Of a rule that asks a question. */
  readonly siteId: string | null;
  readonly source: AlertSource;
  readonly condition: AlertCondition;
  readonly windowMinutes: number;
}

export interface MeasureDeps {
  readonly ask: Ask;
  readonly figures: Pick<PipelineFigures, 'read'>;
  /** Who asks. */
  readonly session: RequestContext['session'];
  readonly signal?: AbortSignal | undefined;
  /** For one rule. */
  readonly timeoutMs?: number;
}

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const TIMEOUT_MS = 30_000;
/** Read models that are further behind make little of much. */
const MOST_SECONDS_BEHIND = 120;

/** The figures of a rule for a time. @throws AlertProblem where there is no saying what they are. */
export async function measureAlert(deps: MeasureDeps, rule: MeasuredRule, at: Date): Promise<Measured> {
  const { timeoutMs = TIMEOUT_MS } = deps;
  const late = new AbortController();
  const message = `No answer within ${timeoutMs / 1_000} s. Shorten the window or add a filter; it is tried again each minute.`;
  let timer: NodeJS.Timeout | undefined;
  // Work that does not heed the signal is not waited for either.
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AlertProblem('passing', message));
      late.abort();
    }, timeoutMs);
  });
  const signal = deps.signal ? AbortSignal.any([deps.signal, late.signal]) : late.signal;
  try {
    return await Promise.race([figuresOf({ ...deps, signal }, rule, at), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function figuresOf(deps: MeasureDeps, rule: MeasuredRule, at: Date): Promise<Measured> {
  const { siteId, source, condition, windowMinutes } = rule;
  if (source.kind === 'pipeline') return { value: await deps.figures.read(source.figure), reference: null };
  if (siteId === null)
    throw new AlertProblem('rule', 'A question is asked about a site. Make the rule anew, of a site.');
  // Of what is not counted yet there can only be more: that takes nothing from a figure that is too high already.
  if (condition.kind !== 'above') await requireCounted(deps.figures);
  const askAt = async (to: Date) => {
    const from = new Date(to.getTime() - windowMinutes * MINUTE_MS);
    const { session, signal } = deps;
    return readPointer(await deps.ask({ source, siteId, from, to, session, signal }), source.pointer);
  };
  const value = await askAt(at);
  const reference = condition.kind === 'change' ? await askAt(new Date(at.getTime() - WEEK_MS)) : null;
  return { value, reference };
}

async function requireCounted(figures: MeasureDeps['figures']): Promise<void> {
  const behind = (await figures.read('projection_lag_seconds')) ?? 0;
  if (behind <= MOST_SECONDS_BEHIND) return;
  throw new AlertProblem(
    'passing',
    `Events are counted ${Math.round(behind)} s late, and what is missing would look like silence. See the projections of the ` +
      'pipeline; the rule is judged again once they have caught up.',
  );
}
