import type { RequestContext } from '@tallymark/contract/request-context';
import type { AddressRules } from '../subscribe/webhook-address.ts';
import { checkUrl } from '../subscribe/webhook-address.ts';
import { AlertProblem } from './alert-problem.ts';
import type { Ask } from './ask-question.ts';
import { type MeasuredRule, measureAlert } from './measure-alert.ts';

export interface CheckRuleDeps {
  readonly ask: Ask;
  readonly now: Date;
  /** Who saves it: what they may not ask, their rule does not tell them. */
  readonly session: RequestContext['session'];
}

const TIMEOUT_MS = 10_000;

/** Lets a rule pass that can be evaluated, as far as asking once shows. @throws AlertProblem */
export async function checkRule({ ask, now, session }: CheckRuleDeps, rule: MeasuredRule): Promise<void> {
  if (rule.source.kind === 'pipeline') {
    if (rule.condition.kind !== 'change') return;
    throw new AlertProblem(
      'rule',
      'Figures of the pipeline have no past to compare with. Tell it above or below a number.',
    );
  }
  const figures = { read: async () => null };
  try {
    await measureAlert({ ask, figures, session, timeoutMs: TIMEOUT_MS }, rule, now);
  } catch (error) {
    // A server that is busy now says nothing about the rule.
    if (error instanceof AlertProblem && error.kind === 'passing') return;
    throw error;
  }
}

/** The URL as it is kept. Names are looked up at each delivery. @throws SubscriptionError for one that is never sent to. */
export const checkedWebhookUrl = (url: string | null, rules: AddressRules): string | null =>
  url === null ? null : checkUrl(url, rules).href;
