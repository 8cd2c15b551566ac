import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Settings } from '@tallymark/contract/settings';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { Logger } from 'pino';
import type { Circuit } from '../operate/circuit.ts';
import type { ReportsContext } from '../routers/report-procedure.ts';
import { ReportDatabase } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';

export interface ReportsOptions {
  readonly settings: Settings;
  readonly plan: TrackingPlan;
  readonly prisma: PrismaClient;
  /** Where questions read: connections of their own, perhaps to a replica. */
  readonly readPrisma: PrismaClient;
  readonly redis: ReportDeps['redis'];
  readonly log: Logger;
  readonly now: () => Date;
  /** Stands around `readPrisma`. */
  readonly circuit?: Circuit;
  /** Hears how long each question took. */
  readonly onAnswered?: (question: string, ms: number) => void;
}

/** What the procedures of reports find in their context, with the limits of the settings. */
export function openReports(options: ReportsOptions): ReportsContext['operations']['reports'] {
  const { settings, readPrisma, circuit = null, onAnswered = () => {}, ...deps } = options;
  const reports = new ReportDatabase({
    prisma: readPrisma,
    statementTimeoutMs: settings.TRACKING_REPORT_TIMEOUT_MS,
    maxRows: settings.TRACKING_REPORT_MAX_ROWS,
    maxCost: settings.TRACKING_REPORT_MAX_COST,
    circuit,
    onAnswered,
  });
  return { ...deps, reports, defaultSiteId: settings.TRACKING_DEFAULT_SITE_ID };
}
