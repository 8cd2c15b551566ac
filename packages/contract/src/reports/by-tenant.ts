import { z } from 'zod';
import { incompleteBefore } from './scope.ts';

const instant = z.iso.datetime({ offset: true });
const standardError = z.number().min(0);

export const byTenantInput = z.strictObject({
  tenantId: z.guid(),
  from: instant,
  /** Not included. */
  to: instant,
});

/** All sites of a tenant together. */
export const byTenantAnswer = z.object({
  totalEvents: z.number(),
  eventsByType: z.record(z.string(), z.number()),
  /** Whoever was on two sites under the id that a host gave is one. */
  uniqueVisitors: z.number(),
  uniqueSessions: z.number(),
  dateRange: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  incompleteBefore,
  /** Standard errors; 0 for what is exact, and no entry for a type that is. */
  errors: z.object({
    totalEvents: standardError,
    eventsByType: z.record(z.string(), standardError),
    uniqueVisitors: standardError,
  }),
});
export type ByTenantAnswer = z.infer<typeof byTenantAnswer>;
