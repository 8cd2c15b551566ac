import { IngestError } from '@tallymark/contract/errors';
import type { RequestContext } from '@tallymark/contract/request-context';
import { initTRPC, TRPCError } from '@trpc/server';
import type { EventIngestionService } from '../ingest/service.ts';
import type { AuditLog } from '../operate/audit.ts';
import { CircuitOpen } from '../operate/circuit.ts';
import { retryAfterOf } from '../operate/retry-after.ts';
import { transformer } from './transformer.ts';

/**
 * What our procedures find in `ctx`. A host app's context holds more: its own procedures see the whole service, typed by
 * its plan, under the same name.
 */
export interface TallymarkContext {
  readonly eventIngestion: Pick<
    EventIngestionService,
    'ingestPublic' | 'getStats' | 'forceFlush' | 'updateThrottlingConfig'
  >;
  readonly requestContext: RequestContext;
  /**
   * Services of the admin procedures. A router of theirs names those it works with in a context of its own, such as
   * `JobsContext`: a host that mounts one router need not build what the others want.
   */
  readonly operations?: object;
}

/** What the documentation of the plain-JSON API is made of. */
export interface ProcedureMeta {
  /** What a query answers, in one or two sentences. A query that has it is also served as a GET of plain JSON. */
  readonly question?: string;
  /** Takes part in taking events in: pages of other origins may call it with the key of a site. */
  readonly ingest?: true;
}

/** Where what admins change is entered. A host that has none keeps no such log. */
export interface AuditContext {
  readonly operations: { readonly audit: Pick<AuditLog, 'record' | 'list'> };
}

const t = initTRPC
  .context<TallymarkContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer,
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      // What a driver or a library says of its failure is for the log.
      message:
        error.code === 'INTERNAL_SERVER_ERROR' ? 'Something went wrong on the server; the log has it.' : shape.message,
      data: {
        ...shape.data,
        // A stack names files of the server; it belongs in the log.
        stack: undefined,
        retryAfterSeconds: retryAfterOf(error.cause),
      },
    }),
  });

export const { router, createCallerFactory } = t;
export const publicProcedure = t.procedure;

/** Enters what an admin has changed in the audit log. Stands behind the check of the role, in each kind of procedure for admins. */
export const enterInAuditLog = t.middleware(async ({ ctx, path, type, getRawInput, next }) => {
  const result = await next();
  if (type !== 'mutation' || !result.ok) return result;
  const { audit } = (ctx.operations ?? {}) as Partial<AuditContext['operations']>;
  // What the action did not read must not fail it afterwards.
  const input = await getRawInput().catch(() => null);
  await audit?.record({ procedure: path, input, output: result.data, requestContext: ctx.requestContext });
  return result;
});

/** For admins only, whatever page or route the call came through. */
export const adminProcedure = t.procedure
  .use(({ ctx, next }) => {
    const { session } = ctx.requestContext;
    if (!session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (session.role !== 'admin') throw new TRPCError({ code: 'FORBIDDEN', message: 'Only an admin may do this.' });
    return next();
  })
  .use(enterInAuditLog);

/** Carries out an ingest call; a refusal becomes the tRPC error of the same HTTP status. */
export async function refusalsAsTrpcErrors<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CircuitOpen) {
      throw new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: error.message, cause: error });
    }
    if (!(error instanceof IngestError)) throw error;
    const code = error.status === 429 ? 'TOO_MANY_REQUESTS' : 'SERVICE_UNAVAILABLE';
    throw new TRPCError({ code, message: error.message, cause: error });
  }
}
