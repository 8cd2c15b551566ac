import type { AnsweredScope } from '@tallymark/contract/reports/scope';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { reachOf } from '@tallymark/prisma/stores/event-reach';
import { retentionFloor } from '@tallymark/prisma/stores/retention-runs';

/** How far back the statements of a question have read events and facts themselves, not what was counted of them. */
export class EventReach {
  private earliest: Date | null = null;

  note(sql: string, parameters: readonly unknown[]): void {
    const reach = reachOf(sql, parameters);
    if (reach && (this.earliest === null || reach < this.earliest)) this.earliest = reach;
  }

  /** The time before which retention may have removed what was looked for; null where it was not looked for. */
  async missingBefore(db: SqlExecutor): Promise<Date | null> {
    if (this.earliest === null) return null;
    const floor = await retentionFloor(db);
    return floor && this.earliest < floor ? floor : null;
  }
}

type Told = Pick<AnsweredScope, 'incompleteBefore'>;

/** The answer with the time where it tells its scope: within `scope`, or beside its figures. Others have no place for it. */
export function incompleteBefore<Answer>(answer: Answer, before: Date): Answer {
  const missing: Told = { incompleteBefore: before.toISOString() };
  if (isTold(answer)) return { ...answer, ...missing };
  if (hasScope(answer)) return { ...answer, scope: { ...answer.scope, ...missing } };
  return answer;
}

/** What an answer tells of it; null also for one that has no place for it. */
export function incompleteBeforeOf(answer: unknown): string | null {
  if (isTold(answer)) return answer.incompleteBefore;
  return hasScope(answer) ? answer.scope.incompleteBefore : null;
}

const isTold = (answer: unknown): answer is Told =>
  typeof answer === 'object' && answer !== null && 'incompleteBefore' in answer;
const hasScope = (answer: unknown): answer is { scope: Told } =>
  typeof answer === 'object' && answer !== null && 'scope' in answer && isTold(answer.scope);
