import type { TrackingPlan } from '@tallymark/contract/plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import { deleteRetentionRule, listRetentionRules, saveRetentionRule } from '@tallymark/prisma/stores/retention-rules';
import { findTenantOfSite } from '@tallymark/prisma/stores/sites';
import { z } from 'zod';
import { ANY, type KeepRule } from './cutoffs.ts';
import { RetentionError } from './errors.ts';
import type { RetentionRule } from './shapes.ts';

const LONGEST_DAYS = 36_500;
const uuid = z.uuid();

export interface RulesDeps {
  readonly prisma: PrismaClient;
  /** Where given, rules are for its types only. */
  readonly plan?: TrackingPlan;
}

/** How long events are kept where that differs from the default. */
export class RetentionRules {
  constructor(private readonly deps: RulesDeps) {}

  list(): Promise<RetentionRule[]> {
    return listRetentionRules(this.deps.prisma);
  }

  /** Sets or replaces the rule of a site and type. @throws RetentionError */
  async set(rule: KeepRule): Promise<void> {
    await saveRetentionRule(this.deps.prisma, await this.checked(rule));
  }

  /** The rule as the events carry its site. @throws RetentionError when it cannot be set. */
  async checked(rule: KeepRule): Promise<KeepRule> {
    const { keepDays, eventType } = rule;
    if (keepDays !== null && !(Number.isInteger(keepDays) && keepDays >= 1 && keepDays <= LONGEST_DAYS)) {
      throw new RetentionError(
        'invalid_days',
        `Events are kept for a whole number of days from 1 to ${LONGEST_DAYS}, or for ever (null).`,
      );
    }
    const { plan } = this.deps;
    if (eventType !== ANY && plan && !Object.hasOwn(plan.types, eventType)) {
      throw new RetentionError('unknown_type', `The tracking plan has no event type "${eventType}".`);
    }
    return { keepDays, eventType, siteId: await this.knownSite(rule.siteId) };
  }

  /** @throws RetentionError when there is no such rule. */
  async remove({ siteId, eventType }: Pick<KeepRule, 'siteId' | 'eventType'>): Promise<void> {
    if (await deleteRetentionRule(this.deps.prisma, siteId.toLowerCase(), eventType)) return;
    throw new RetentionError('unknown_rule', `There is no retention rule for site ${siteId} and type ${eventType}.`);
  }

  /** As the events carry it. */
  private async knownSite(siteId: string): Promise<string> {
    if (siteId === ANY) return siteId;
    const id = siteId.toLowerCase();
    const tenant = uuid.safeParse(id).success ? await findTenantOfSite(this.deps.prisma, id) : null;
    if (tenant === null) throw new RetentionError('unknown_site', `There is no site ${siteId}.`);
    return id;
  }
}
