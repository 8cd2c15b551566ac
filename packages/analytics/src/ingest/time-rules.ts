import { LIMITS } from '@tallymark/contract/limits';
import type { RejectionReason } from '@tallymark/contract/receipt';
import type { IngestionConfig } from './config.ts';

/** The oldest time an event may have that arrives now. */
export function retentionFloor(now: Date, retention: IngestionConfig['retention']): Date {
  const floor = new Date(now);
  if ('days' in retention) floor.setUTCDate(floor.getUTCDate() - retention.days);
  else {
    // The 31st of a month that has none would be a day of the next: the floor would run ahead, and back on the 1st.
    floor.setUTCDate(1);
    floor.setUTCMonth(floor.getUTCMonth() - retention.months);
    floor.setUTCDate(Math.min(now.getUTCDate(), daysOfMonth(floor)));
  }
  return floor;
}

const daysOfMonth = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

interface TimeRuleInput {
  readonly occurredAt: Date;
  readonly now: Date;
  /** The oldest time kept; see `retentionFloor`. */
  readonly floor: Date;
  readonly retentionExempt: boolean;
  /** Aggregated types have no primary key to fall back on: older than this, a repeat could not be told from a first. */
  readonly rememberedSeconds: number | null;
}

/** What speaks against the event's time, null for nothing. */
export function judgeTime(input: TimeRuleInput): { reason: RejectionReason; message: string } | null {
  const ageMs = input.now.getTime() - input.occurredAt.getTime();
  if (-ageMs > LIMITS.clockSkewMs) {
    return {
      reason: 'occurred_in_future',
      message: `occurredAt ${input.occurredAt.toISOString()} is in the future; check the sender's clock.`,
    };
  }
  if (input.rememberedSeconds !== null && ageMs > input.rememberedSeconds * 1_000) {
    return {
      reason: 'aggregate_too_late',
      message: `Events of an aggregated type must arrive within ${input.rememberedSeconds} s; this one happened at ${input.occurredAt.toISOString()}.`,
    };
  }
  // Ids count milliseconds from 1970.
  const tooOldForAnId = input.occurredAt.getTime() < 0;
  if (tooOldForAnId || (!input.retentionExempt && input.occurredAt < input.floor)) {
    return {
      reason: 'older_than_retention',
      message: `occurredAt ${input.occurredAt.toISOString()} is older than the retention; import history with retentionExempt to keep it.`,
    };
  }
  return null;
}
