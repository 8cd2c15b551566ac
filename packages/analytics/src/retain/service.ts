import type { TrackingPlan } from '@tallymark/contract/plan';
import { type EventArchiveRow, listEventArchives } from '@tallymark/prisma/stores/archives';
import { listRetentionRuns, type RetentionRunRow } from '@tallymark/prisma/stores/retention-runs';
import { openRetentionSession, tryRetentionLock } from '@tallymark/prisma/stores/retention-session';
import { type RetentionOptions, retentionConfig } from './config.ts';
import type { KeepRule } from './cutoffs.ts';
import type { RetentionDeps } from './deps.ts';
import { RetentionError } from './errors.ts';
import { planRetention } from './plan-retention.ts';
import { RetentionRules } from './rules.ts';
import { runRetention } from './run-retention.ts';
import type { CleanupReport, RetentionPlan } from './shapes.ts';

export type RetentionServiceOptions = Omit<RetentionDeps, 'config' | 'now'> & {
  readonly config: RetentionOptions;
  /** Rules are then for types of this plan only. */
  readonly plan?: TrackingPlan;
  readonly now?: () => Date;
};

export interface CleanupOptions {
  /** Report what would go, and touch nothing. */
  readonly dryRun?: boolean;
  /** Ends the run after the batch or month under way. */
  readonly signal?: AbortSignal;
}

/** Removes events that are older than the rules allow. Runs when called; a schedule calls it from outside. */
export class RetentionService {
  readonly rules: RetentionRules;
  private readonly deps: RetentionDeps;

  constructor({ plan, config, now = () => new Date(), ...deps }: RetentionServiceOptions) {
    this.deps = { ...deps, now, config: retentionConfig(config) };
    this.rules = new RetentionRules({ prisma: deps.prisma, plan });
  }

  /**
   * What a run would do at this moment, counted; with a rule, what it would do if that were set. Reads every month that is
   * older than the default or a rule.
   *
   * @throws RetentionError for a rule that cannot be set.
   */
  async plan(rule?: KeepRule): Promise<RetentionPlan> {
    const withRule = rule && (await this.rules.checked(rule));
    return planRetention(this.deps, { at: this.deps.now(), countKept: true, withRule });
  }

  /**
   * Carries it out. Never holds up ingest; what other transactions hold is left to the next run, and so is a month that
   * cannot be archived. Killed anywhere it can be run again.
   *
   * @throws RetentionError `already_running` while another process does it or restores an archive.
   */
  async cleanupNow({ dryRun = false, signal }: CleanupOptions = {}): Promise<CleanupReport> {
    if (dryRun) return { runId: null, plan: await this.plan(), removed: 0, months: [], complete: true };
    await using session = await openRetentionSession(this.deps.databaseUrl);
    if (!(await tryRetentionLock(session))) {
      throw new RetentionError(
        'already_running',
        'Retention or a restore is already running; try again when it is done.',
      );
    }
    // Awaited here: leaving the block ends the session, and its lock.
    return await runRetention(this.deps, signal);
  }

  archives(): Promise<EventArchiveRow[]> {
    return listEventArchives(this.deps.prisma);
  }

  /** The latest first. */
  runs(limit = 30): Promise<RetentionRunRow[]> {
    return listRetentionRuns(this.deps.prisma, limit);
  }
}
