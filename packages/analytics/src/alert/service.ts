import { isDeepStrictEqual } from 'node:util';
import {
  type Alert,
  type AlertEvent,
  type alertChange,
  type alertHistoryInput,
  MOST_ALERTS,
  type newAlert,
  type TriedAlert,
  type tryAlertInput,
} from '@tallymark/contract/alerts';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import {
  type AlertConfig,
  changeAlert,
  enterAlertEvent,
  insertAlert,
  removeAlert,
} from '@tallymark/prisma/stores/alert-changes';
import { dropDeliveries } from '@tallymark/prisma/stores/alert-deliveries';
import { listAlertEvents } from '@tallymark/prisma/stores/alert-events';
import { findAlert, listAlerts } from '@tallymark/prisma/stores/alert-lists';
import type { AlertRow } from '@tallymark/prisma/stores/alert-rows';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import type { z } from 'zod';
import type { AddressRules } from '../subscribe/webhook-address.ts';
import { newSecret } from '../subscribe/webhook-secret.ts';
import { AlertError, unknownAlert } from './alert-error.ts';
import type { Ask } from './ask-question.ts';
import { checkedWebhookUrl, checkRule } from './check-rule.ts';
import { historyBegins } from './history-begins.ts';
import { toldAlert } from './told-alert.ts';
import { tryAlert } from './try-out.ts';

export interface AlertServiceDeps extends AddressRules {
  readonly prisma: PrismaClient;
  readonly ask: Ask;
  readonly now: () => Date;
}

/** Whose rules somebody sees. */
export interface SeenRules {
  readonly siteId: string;
  readonly withPipeline: boolean;
}

interface Saved {
  readonly alert: Alert;
  /** Told this once. */
  readonly webhookSecret: string | null;
}

type Session = RequestContext['session'];

/** What people do with rules. Whoever calls has seen to their roles; another process evaluates what is saved. */
export class AlertService {
  constructor(private readonly deps: AlertServiceDeps) {}

  async list(seen: SeenRules): Promise<Alert[]> {
    return (await listAlerts(this.deps.prisma, seen)).map(toldAlert);
  }

  /** Null for a rule that there is not. */
  async siteOf(id: string): Promise<Pick<AlertRow, 'siteId'> | null> {
    return findAlert(this.deps.prisma, id);
  }

  /** Rules about the pipeline are of no site. @throws AlertProblem, AlertError, SubscriptionError for its URL */
  async save(input: z.output<typeof newAlert>, siteId: string, session: Session): Promise<Saved> {
    const { prisma, ask, now } = this.deps;
    const { siteId: _named, ...rule } = input;
    const ofSite = rule.source.kind === 'pipeline' ? null : siteId;
    const webhookUrl = checkedWebhookUrl(rule.webhookUrl, this.deps);
    await checkRule({ ask, now: now(), session }, { ...rule, siteId: ofSite });
    const at = now();
    const webhookSecret = webhookUrl === null ? null : newSecret();
    const config = { ...rule, webhookUrl, webhookSecret };
    const createdBy = session?.userId ?? '';
    const added = await insertAlert(
      prisma,
      { id: uuidV7(at.getTime()), siteId: ofSite, createdBy, at, config },
      MOST_ALERTS,
    );
    if (added) return { alert: toldAlert(added), webhookSecret };
    throw new AlertError('too_many', `There are ${MOST_ALERTS} rules, as many as there may be. Remove one first.`);
  }

  /** What was found of a rule before it was another one is forgotten, and a firing one ends. @throws as above */
  async change({ id, ...change }: z.output<typeof alertChange>, session: Session): Promise<Saved> {
    const { prisma, ask, now } = this.deps;
    const known = await findAlert(prisma, id);
    if (!known) throw unknownAlert();
    if (change.source && (change.source.kind === 'pipeline') !== (known.siteId === null)) {
      throw new AlertError('other_kind', 'A rule stays about its site, or about the pipeline. Make a new one.');
    }
    const webhookUrl = checkedWebhookUrl(change.webhookUrl ?? null, this.deps);
    const rule = { ...known, ...withoutUndefined(change) };
    if (isAnother(known, rule)) await checkRule({ ask, now: now(), session }, rule);
    return prisma.$transaction(async (tx) => {
      const row = await findAlert(tx, id, { toChange: true });
      if (!row) throw unknownAlert();
      const url = change.webhookUrl === undefined ? row.webhookUrl : webhookUrl;
      const isNewUrl = url !== row.webhookUrl;
      const webhookSecret = isNewUrl ? url && newSecret() : row.webhookSecret;
      const config = { ...row, ...withoutUndefined(change), webhookUrl: url, webhookSecret };
      const changed = await this.write(tx, row, config);
      return { alert: toldAlert(changed), webhookSecret: isNewUrl ? webhookSecret : null };
    });
  }

  private async write(tx: SqlExecutor, row: AlertRow, config: AlertConfig): Promise<AlertRow> {
    const at = this.deps.now();
    const anew = isAnother(row, config) || row.enabled !== config.enabled;
    const changed = await changeAlert(tx, { id: row.id, at, config, anew });
    if (anew && row.state === 'firing') {
      const message = config.enabled ? 'Over: the rule was changed.' : 'Over: the rule was switched off.';
      await enterAlertEvent(tx, changed, { at, what: 'resolved', value: null, reference: null, message });
    }
    if (config.webhookUrl === null) await dropDeliveries(tx, row.id);
    return changed;
  }

  /** The history stays. @throws AlertError */
  async remove(id: string): Promise<void> {
    await this.deps.prisma.$transaction(async (tx) => {
      const row = await findAlert(tx, id, { toChange: true });
      if (!row) throw unknownAlert();
      if (row.builtIn) throw new AlertError('built_in', 'It came with Tallymark and stays. Switch it off instead.');
      await removeAlert(tx, id);
    });
  }

  /** The next request is signed with the new one. @throws AlertError */
  async rotateSecret(id: string): Promise<Saved> {
    return this.deps.prisma.$transaction(async (tx) => {
      const row = await findAlert(tx, id, { toChange: true });
      if (!row) throw unknownAlert();
      if (row.webhookUrl === null) {
        throw new AlertError('no_webhook', 'The rule has no webhook, and so no secret. Give it a URL first.');
      }
      const webhookSecret = newSecret();
      return { alert: toldAlert(await this.write(tx, row, { ...row, webhookSecret })), webhookSecret };
    });
  }

  /** Of the last year, newest first. */
  async history(
    seen: SeenRules,
    { alertId, cursor, limit }: z.output<typeof alertHistoryInput>,
  ): Promise<{ events: AlertEvent[]; nextCursor: string | null }> {
    const { prisma, now } = this.deps;
    const since = historyBegins(now());
    const selection = { ...seen, alertId: alertId ?? null, since, before: cursor ?? null, limit: limit + 1 };
    const found = await listAlertEvents(prisma, selection);
    const events = found.slice(0, limit);
    return { events, nextCursor: found.length > limit ? (events.at(-1)?.id ?? null) : null };
  }

  /** @throws AlertProblem */
  async tryOut(
    { days, ...rule }: z.output<typeof tryAlertInput>,
    siteId: string,
    { session, signal }: { readonly session: Session; readonly signal: AbortSignal | undefined },
  ): Promise<TriedAlert> {
    const { ask, now } = this.deps;
    return tryAlert({ ask, session, signal, now: now() }, { ...rule, siteId }, days);
  }
}

const WHAT_IS_MEASURED = ['source', 'condition', 'windowMinutes'] as const;

/** Whether it measures something else, or holds it against something else. */
const isAnother = (
  before: Pick<AlertRow, (typeof WHAT_IS_MEASURED)[number]>,
  after: Pick<AlertRow, (typeof WHAT_IS_MEASURED)[number]>,
) => WHAT_IS_MEASURED.some((part) => !isDeepStrictEqual(before[part], after[part]));

type Given<Change> = { [Key in keyof Change]?: Exclude<Change[Key], undefined> };

/** What is given in a change. */
const withoutUndefined = <Change extends object>(change: Change) =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Given<Change>;
