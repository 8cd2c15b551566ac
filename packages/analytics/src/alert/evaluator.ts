import { randomUUID } from 'node:crypto';
import { listEnabledAlerts, settleAlert } from '@tallymark/prisma/stores/alert-evaluations';
import { removeAlertEventsBefore } from '@tallymark/prisma/stores/alert-events';
import type { AlertRow } from '@tallymark/prisma/stores/alert-rows';
import { claimAlertTurn, releaseAlertTurn } from '@tallymark/prisma/stores/alert-turns';
import type { Logger } from 'pino';
import type { Ask } from './ask-question.ts';
import { type DeliverDeps, deliverAlerts, logAlerts } from './deliver-alerts.ts';
import { evaluateAlert } from './evaluate-alert.ts';
import { historyBegins } from './history-begins.ts';
import { inTurn } from './in-turn.ts';
import { PipelineFigures, type PipelineFiguresDeps } from './pipeline-figures.ts';

export interface AlertEvaluatorDeps extends DeliverDeps, PipelineFiguresDeps {
  readonly ask: Ask;
  readonly leaseMs?: number;
  /** Of one round: rules that it does not come to are the first of the next. */
  readonly budgetMs?: number;
  /** For one rule. */
  readonly timeoutMs?: number;
}

interface Run {
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Who asks for rules. Only questions about the site of the rule are asked. */
const ASKING = { userId: 'alerts', role: 'admin' } as const;

const LEASE_MS = 30_000;
const BUDGET_MS = 40_000;
/** Webhooks have time of their own: whatever is slow to answer, somebody is told. */
const DELIVERY_MS = 20_000;
const RULES_AT_ONCE = 2;

export interface AlertRound {
  readonly evaluated: number;
  readonly notified: number;
  readonly delivered: number;
  readonly removed: number;
}

/**
 * Evaluates all rules that are on and tells what became of them. One process at a time does, under a lease; should two
 * believe they have it, each rule is settled by one of them, for what was found is written only to the rule as it was read.
 */
export class AlertEvaluator {
  constructor(private readonly deps: AlertEvaluatorDeps) {}

  /** One round; null where another process is at it. */
  async evaluateAll({ log, signal }: Run): Promise<AlertRound | null> {
    const { prisma, leaseMs = LEASE_MS } = this.deps;
    const held = { lease: randomUUID(), leaseMs };
    if (!(await claimAlertTurn(prisma, held))) return null;
    const lost = new AbortController();
    const renew = async () => {
      const kept = await claimAlertTurn(prisma, held).catch(() => true);
      if (!kept) lost.abort(new Error('Another process has taken the turn.'));
    };
    const timer = setInterval(() => void renew(), leaseMs / 3);
    try {
      return await this.round({ log, signal: AbortSignal.any([signal, lost.signal]) });
    } finally {
      clearInterval(timer);
      await releaseAlertTurn(prisma, held.lease);
    }
  }

  private async round(run: Run): Promise<AlertRound> {
    const { prisma, now } = this.deps;
    const { log, signal } = run;
    const { evaluated, notified } = await this.evaluate(run);
    signal.throwIfAborted();
    await logAlerts(this.deps, log);
    const began = performance.now();
    const goOn = () => !signal.aborted && performance.now() - began < DELIVERY_MS;
    const delivered = await deliverAlerts(this.deps, { log, signal, goOn });
    signal.throwIfAborted();
    const removed = await removeAlertEventsBefore(prisma, historyBegins(now()));
    return { evaluated, notified, delivered, removed };
  }

  private async evaluate({ log, signal }: Run): Promise<{ evaluated: number; notified: number }> {
    const { prisma, budgetMs = BUDGET_MS } = this.deps;
    // The pipeline's are few and quick, and nobody's slow questions may hold them up.
    const listed = await listEnabledAlerts(prisma);
    const rules = [...listed.filter(isOfPipeline), ...listed.filter((rule) => !isOfPipeline(rule))];
    const figures = new PipelineFigures(this.deps);
    const began = performance.now();
    const goOn = () => !signal.aborted && performance.now() - began < budgetMs;
    let notified = 0;
    const evaluated = await inTurn(rules, { atOnce: RULES_AT_ONCE, goOn }, async (rule) => {
      if (await this.settle(rule, { figures, log, signal })) notified += 1;
    });
    if (evaluated < rules.length && !signal.aborted) {
      log.warn(
        { evaluated, rules: rules.length, budgetMs },
        'there was no time for all alert rules; those that are left come first in a minute. Shorten the windows of slow ones.',
      );
    }
    return { evaluated, notified };
  }

  /** Whether anything is told of the rule. */
  private async settle(rule: AlertRow, run: Run & { readonly figures: PipelineFigures }): Promise<boolean> {
    const { prisma, ask, now, timeoutMs } = this.deps;
    const { figures, log, signal } = run;
    const measuring = { ask, figures, session: ASKING, signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    try {
      const finding = await evaluateAlert(measuring, rule, now(), log);
      return (await settleAlert(prisma, rule, finding)) && finding.event !== null;
    } catch (error) {
      if (signal.aborted) return false;
      // Written it could not be; the others have nothing to do with it.
      log.error({ err: error, alertId: rule.id }, 'what was found of an alert rule could not be written');
      return false;
    }
  }
}

const isOfPipeline = ({ source }: AlertRow) => source.kind === 'pipeline';
