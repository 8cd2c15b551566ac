import type { FunnelAnswer, FunnelInput } from '@tallymark/contract/reports/funnel';
import {
  FUNNEL_ROW_BYTES,
  FUNNEL_STEP_BITS,
  type FunnelRows,
  funnelStatement,
  readFunnel,
} from '@tallymark/prisma/stores/report-funnel';
import { bestAttempt } from './funnel-attempts.ts';
import { FunnelTally } from './funnel-tally.ts';
import { journeyPoint } from './journey-points.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';

const TOP_VALUES = 5;
const MICROS = 1_000_000;
const NARROW = 'Ask for a shorter period, steps of rarer events, or with a filter.';

/**
 * How many visitors take steps one after another, all of them within the period. Each visitor counts with the best of
 * their attempts, the one that goes furthest (`bestAttempt` has the rule): times between steps and the value that they are
 * broken down by are of that attempt.
 * @throws ReportError `too_expensive` where more facts would be read than may be.
 */
export async function askFunnel(
  { reports, plan }: Pick<ReportDeps, 'reports' | 'plan'>,
  scope: QuestionScope,
  { steps, windowSeconds, breakdown }: Pick<FunnelInput, 'steps' | 'windowSeconds' | 'breakdown'>,
): Promise<FunnelAnswer> {
  const points = steps.map((step) => ({ ...journeyPoint(plan, step), filter: step.filter }));
  const statement = funnelStatement(scope, points, breakdown ?? null);
  const { scope: told, rows } = await reports.answer('stats.funnel', async (db) => {
    await db.afford(statement.sql, statement.parameters, NARROW);
    return { scope: answered(scope), rows: await readFunnel(db, statement) };
  });
  const { all, byLabel } = tallyAttempts(rows, steps.length, windowSeconds * MICROS);
  return {
    ...told,
    windowSeconds,
    ...all.answer(),
    breakdown: breakdown ? topValues(byLabel, rows.labels ?? [], steps.length) : null,
    eventsWithoutVisitor: rows.withoutVisitor,
  };
}

interface Tallies {
  readonly all: FunnelTally;
  readonly byLabel: ReadonlyMap<number, FunnelTally>;
}

function tallyAttempts({ taken, labels }: FunnelRows, stepCount: number, windowMicros: number): Tallies {
  const all = new FunnelTally(stepCount);
  const byLabel = new Map<number, FunnelTally>();
  for (const { times, steps, codes } of visitorsOf(taken ?? new Uint8Array())) {
    const attempt = bestAttempt({ times, steps }, stepCount, windowMicros);
    if (!attempt) continue;
    all.add(attempt.reached);
    if (!labels) continue;
    const code = codes[attempt.begins] ?? 0;
    const tally = byLabel.get(code) ?? new FunnelTally(stepCount);
    tally.add(attempt.reached);
    byLabel.set(code, tally);
  }
  return { all, byLabel };
}

/** The rows of one visitor after those of the other. */
function* visitorsOf(taken: Uint8Array) {
  const view = new DataView(taken.buffer, taken.byteOffset, taken.byteLength);
  let at = 0;
  while (at < taken.byteLength) {
    const [high, low] = [view.getInt32(at), view.getUint32(at + 4)];
    const [times, steps, codes]: [number[], number[], number[]] = [[], [], []];
    while (at < taken.byteLength && view.getInt32(at) === high && view.getUint32(at + 4) === low) {
      times.push(view.getInt32(at + 8) * 2 ** 32 + view.getUint32(at + 12));
      const packed = view.getInt32(at + 16);
      steps.push(packed & ((1 << FUNNEL_STEP_BITS) - 1));
      codes.push(packed >> FUNNEL_STEP_BITS);
      at += FUNNEL_ROW_BYTES;
    }
    yield { times, steps, codes };
  }
}

function topValues(
  byLabel: ReadonlyMap<number, FunnelTally>,
  labels: readonly string[],
  stepCount: number,
): FunnelAnswer['breakdown'] {
  // Codes are in the order of labels: equals stay in it.
  const ranked = [...byLabel].sort(([a, left], [b, right]) => right.started - left.started || a - b);
  const top = ranked
    .slice(0, TOP_VALUES)
    .map(([code, tally]) => ({ value: labels[code] ?? '', ...tally.answer() }) as const);
  if (ranked.length <= TOP_VALUES) return top;
  const rest = new FunnelTally(stepCount);
  for (const [, tally] of ranked.slice(TOP_VALUES)) rest.merge(tally);
  return [...top, { value: null, ...rest.answer() }];
}
