import type { OpsQueryTimes } from '@tallymark/contract/reports/ops';
import { QuestionTimes } from '@tallymark/redis/question-times';
import type { ReportDeps } from './report-deps.ts';

/** How long questions took lately, in all processes. Nothing, and a flag, while Redis is away. */
export async function askQueryTimes({ redis }: Pick<ReportDeps, 'redis'>): Promise<OpsQueryTimes> {
  const measured = redis ? await new QuestionTimes(redis).read() : null;
  if (measured === null) return { available: false, questions: [] };
  const questions = measured.map(({ question, times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    return {
      question,
      count: sorted.length,
      p50: percentile(sorted, 0.5),
      p95: percentile(sorted, 0.95),
      p99: percentile(sorted, 0.99),
      max: percentile(sorted, 1),
    };
  });
  return { available: true, questions: questions.sort((a, b) => b.p95 - a.p95) };
}

/** By nearest rank: the least value that so large a share is not above. */
export const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
