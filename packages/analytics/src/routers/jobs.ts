import { deduplicationRun } from '@tallymark/contract/deduplication';
import { deduplicateEventsJob, JOBS, type JobName, jobStats } from '@tallymark/contract/jobs';
import { JobsUnavailable, NoFailedJob } from '@tallymark/redis/job-queue';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Operations } from '../operate/operations.ts';
import { adminProcedure, router } from './trpc.ts';

/** What these procedures find in `ctx`. */
export interface JobsContext {
  readonly operations: Operations;
}

const jobName = z.enum(JOBS.map(({ name }) => name) as [JobName, ...JobName[]]);
const { hours } = deduplicateEventsJob.payload.shape;

const deduplicationStats = z.object({
  lastRun: deduplicationRun.nullable(),
  running: z.boolean(),
  /** The last ten, newest first. */
  runs: z.array(deduplicationRun).readonly(),
  totalMarked: z.number(),
  totalReverted: z.number(),
});

/** For admins: how the jobs are doing, and what can be started or tried again by hand. */
export function createJobsRouter() {
  const procedure = adminProcedure.use(async ({ ctx, next }) => {
    const { operations } = ctx as typeof ctx & JobsContext;
    const result = await next({ ctx: { operations } });
    if (result.ok) return result;
    const { cause } = result.error;
    if (cause instanceof JobsUnavailable) {
      throw new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: `${cause.message} Redis is away or busy.`, cause });
    }
    if (cause instanceof NoFailedJob) throw new TRPCError({ code: 'NOT_FOUND', message: cause.message, cause });
    return result;
  });

  return router({
    stats: procedure.output(jobStats).query(({ ctx }) => ctx.operations.jobStats()),
    /** Events that ran out of attempts. Answers how many were queued. */
    retryFailedEnrichment: procedure
      .output(z.object({ events: z.int().min(0) }))
      .mutation(({ ctx }) => ctx.operations.retryFailedEnrichment()),
    /** One job that ran out of attempts. */
    retryFailedJob: procedure
      .input(z.object({ queue: jobName, jobId: z.string().min(1).max(200) }))
      .output(z.void())
      .mutation(({ ctx, input }) => ctx.operations.retryFailedJob(input.queue, input.jobId)),
    runDeduplication: procedure
      .input(z.object({ hours: hours.unwrap() }))
      .output(z.object({ jobId: z.string() }))
      .mutation(({ ctx, input }) => ctx.operations.runImmediateDeduplication(input.hours)),
    deduplicationStats: procedure.output(deduplicationStats).query(({ ctx }) => ctx.operations.getDeduplicationStats()),
  });
}
