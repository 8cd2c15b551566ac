import type { EventTypeDefinition } from '@tallymark/contract/plan';
import type { PlannedType, PlanTypesAnswer } from '@tallymark/contract/reports/plan';
import { readTypeUsage } from '@tallymark/prisma/stores/plan-usage';
import { type RejectionCount, RejectionCounts } from '@tallymark/redis/rejection-counts';
import { z } from 'zod';
import { typesOf } from './plan-types.ts';
import type { ReportDeps } from './report-deps.ts';

const DAYS = 30;
const DAY_MS = 86_400_000;

/** What the plan says of every type, and what a site has of it: stored since 30 UTC days ago, rejected at any site. */
export async function askPlanTypes(deps: ReportDeps, siteId: string): Promise<PlanTypesAnswer> {
  const { plan, redis } = deps;
  const to = deps.now();
  const today = Math.floor(to.getTime() / DAY_MS) * DAY_MS;
  const from = new Date(today - (DAYS - 1) * DAY_MS);
  const days = Array.from({ length: DAYS }, (_, at) =>
    new Date(from.getTime() + at * DAY_MS).toISOString().slice(0, 10),
  );
  const [usage, counted] = await Promise.all([
    deps.reports.answer('plan.types', (db) => readTypeUsage(db, siteId, { eventTypes: typesOf(plan), from })),
    redis ? new RejectionCounts(redis).read(days) : null,
  ]);
  const usageOf = new Map(usage.map((one) => [one.eventType, one]));
  const rejections = sumRejections(counted ?? []);
  const stored = (eventType: string) => {
    const { events = 0, lastSeenAt = null } = usageOf.get(eventType) ?? {};
    return { events, lastSeenAt: lastSeenAt?.toISOString() ?? null };
  };
  return {
    siteId,
    from: from.toISOString(),
    to: to.toISOString(),
    types: Object.entries(plan.types).map(([eventType, definition]) => ({
      ...plannedType(eventType, definition),
      ...stored(eventType),
      ...(rejections.get(eventType) ?? { rejected: 0, reasons: [] }),
    })),
    retired: usage
      .filter(({ eventType }) => !Object.hasOwn(plan.types, eventType))
      .map(({ eventType }) => ({ eventType, ...stored(eventType) })),
    unknown: [...rejections]
      .filter(([eventType]) => eventType === null || !Object.hasOwn(plan.types, eventType))
      .map(([eventType, sums]) => ({ eventType, ...sums }))
      .sort((a, b) => b.rejected - a.rejected),
    rejectionsKnown: counted !== null,
  };
}

type Planned = Omit<PlannedType, 'events' | 'lastSeenAt' | 'rejected' | 'reasons'>;

function plannedType(eventType: string, definition: EventTypeDefinition): Planned {
  const { version = 1, entityType = null, samplingRate = 100, alwaysKeep = false } = definition;
  const { aggregate = false, conversion = false, campaign = null, report = {} } = definition;
  const { $schema: _dialect, ...schema } = z.toJSONSchema(definition.props, { io: 'input', unrepresentable: 'any' });
  const named = Object.entries(report).flatMap(([role, prop]) => (prop ? [[role, prop]] : []));
  return {
    eventType,
    version,
    entityType,
    samplingRate,
    alwaysKeep,
    aggregate,
    conversion,
    campaign,
    report: Object.fromEntries(named),
    schema,
  };
}

interface Rejections {
  rejected: number;
  reasons: { reason: string; events: number }[];
}

function sumRejections(counts: readonly RejectionCount[]): Map<string | null, Rejections> {
  const byType = new Map<string | null, Map<string, number>>();
  for (const { eventType, reason, events } of counts) {
    const ofType = byType.get(eventType) ?? new Map<string, number>();
    byType.set(eventType, ofType.set(reason, (ofType.get(reason) ?? 0) + events));
  }
  return new Map(
    [...byType].map(([eventType, ofType]) => {
      const reasons = [...ofType].map(([reason, events]) => ({ reason, events })).sort((a, b) => b.events - a.events);
      return [eventType, { rejected: reasons.reduce((sum, { events }) => sum + events, 0), reasons }];
    }),
  );
}
