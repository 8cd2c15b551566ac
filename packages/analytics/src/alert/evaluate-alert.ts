import type { AlertFinding } from '@tallymark/prisma/stores/alert-evaluations';
import type { AlertRow } from '@tallymark/prisma/stores/alert-rows';
import type { Logger } from 'pino';
import { describeThrown } from '../subscribe/delivery.ts';
import { alertMessage } from './alert-message.ts';
import { AlertProblem } from './alert-problem.ts';
import { isMet, type Measured } from './judge-condition.ts';
import { type MeasureDeps, measureAlert } from './measure-alert.ts';
import { nextState, type Outcome } from './next-state.ts';

/** Measures a rule and says what is to be written of it. One whose figure nobody knows is failing, never ok. */
export async function evaluateAlert(deps: MeasureDeps, rule: AlertRow, at: Date, log: Logger): Promise<AlertFinding> {
  let measured: Measured = { value: null, reference: null };
  let error: string | null = null;
  let outcome: Outcome = 'failed';
  try {
    measured = await measureAlert(deps, rule, at);
    outcome = isMet(rule.condition, measured) ? 'met' : 'not_met';
  } catch (thrown) {
    // Whoever stops must not leave behind that the rule fails.
    if (deps.signal?.aborted) throw thrown;
    error = reasonOf(thrown);
    const cause = thrown instanceof AlertProblem ? thrown.cause : thrown;
    log.debug({ err: cause ?? thrown, alertId: rule.id }, 'a rule cannot be evaluated');
  }
  const { state, what } = nextState(rule, outcome, at);
  const message = error ?? (what && alertMessage(rule, what, measured));
  return { state, ...measured, at, error, event: what && { at, what, ...measured, message: message ?? '' } };
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof AlertProblem) return describeThrown(thrown);
  const reason = describeThrown(thrown).replace(/[.\s]*$/, '.');
  return `The figure cannot be read: ${reason} The log says more; it is tried again each minute.`;
}
