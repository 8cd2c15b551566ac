import type { ReportScope } from '@tallymark/contract/reports/scope';
import type { FactScope } from '@tallymark/prisma/stores/fact-scope';
import { findSegmentFilter } from '@tallymark/prisma/stores/segments';
import type { ReportDeps } from './report-deps.ts';
import { ReportError } from './report-error.ts';

/** A scope that questions are answered in. */
export interface QuestionScope extends FactScope {
  readonly timeZone: string;
}

const LONGEST_PERIOD_DAYS = 3_700;
const DAY_MS = 86_400_000;
/** The period before is asked about too, and no id is older than 1970. */
const EARLIEST_MS = Date.UTC(1990, 0);
const LATEST_MS = Date.UTC(9999, 11, 30);

/** @throws ReportError for a period that is none, and for a segment that the site does not have. */
export async function resolveScope(
  { prisma }: Pick<ReportDeps, 'prisma'>,
  siteId: string,
  asked: Omit<ReportScope, 'siteId'>,
): Promise<QuestionScope> {
  const from = new Date(asked.from);
  const to = new Date(asked.to);
  if (from >= to) throw new ReportError('invalid_period', '"from" has to be before "to".');
  if (from.getTime() < EARLIEST_MS || to.getTime() > LATEST_MS) {
    throw new ReportError('invalid_period', 'Ask for a period from 1990 to 9999.');
  }
  if (to.getTime() - from.getTime() > LONGEST_PERIOD_DAYS * DAY_MS) {
    throw new ReportError('invalid_period', `A period has at most ${LONGEST_PERIOD_DAYS} days.`);
  }
  const saved = asked.segmentId ? await findSegmentFilter(prisma, siteId, asked.segmentId) : [];
  if (saved === null) throw new ReportError('unknown_segment', 'The site has no such segment.');
  const { timeZone, bots } = asked;
  return { siteId, from, to, timeZone, bots, filter: [...saved, ...asked.filter] };
}
