import type { AskedQuestions } from './question-caller.ts';
import type { Question } from './questions.ts';

interface Measured {
  readonly question: Question;
  readonly period: string;
  readonly p95: number;
  readonly asked: { readonly from: string; readonly to: string };
}

const SLOWEST = 3;
const LINES = 40;
const LINE_LENGTH = 160;
const TIME = /^Execution Time: ([\d.]+) ms$/;

/** What Postgres did for the slowest three, each by the statement of it that took longest. */
export async function slowestPlans(asked: AskedQuestions, measured: readonly Measured[]): Promise<string[]> {
  const slowest = measured.toSorted((a, b) => b.p95 - a.p95).slice(0, SLOWEST);
  const plans: string[] = [];
  for (const { question, period, p95, asked: between } of slowest) {
    asked.statements.length = 0;
    await question.ask(asked.caller, between).catch(() => null);
    let longest: { readonly ms: number; readonly plan: readonly string[] } = {
      ms: -1,
      plan: ['No statement was sent.'],
    };
    for (const statement of [...asked.statements].filter(({ sql }) => !sql.includes('set_config'))) {
      const plan = await asked.explain(statement);
      const ms = Number(plan.map((line) => TIME.exec(line)?.[1]).find(Boolean) ?? 0);
      if (ms > longest.ms) longest = { ms, plan };
    }
    const lines = longest.plan.slice(0, LINES).map((line) => line.slice(0, LINE_LENGTH));
    plans.push(`\n${question.name}, ${period}: p95 ${p95.toFixed(0)} ms\n${lines.join('\n')}`);
  }
  return plans;
}
