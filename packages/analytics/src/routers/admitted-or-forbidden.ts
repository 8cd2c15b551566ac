import type { RequestContext } from '@tallymark/contract/request-context';
import { TRPCError } from '@trpc/server';
import { admitted, type SiteAccess, SiteRefused } from '../http/site-access.ts';

/**
 * The request as one of its key's site, for a router that a host mounts itself.
 * @throws TRPCError `FORBIDDEN` for a key that is not known, or not for that page.
 */
export async function admittedOrForbidden(
  siteAccess: Pick<SiteAccess, 'admit'>,
  context: RequestContext,
): Promise<RequestContext> {
  try {
    return await admitted(siteAccess, context);
  } catch (error) {
    if (!(error instanceof SiteRefused)) throw error;
    throw new TRPCError({ code: 'FORBIDDEN', message: error.message, cause: error });
  }
}
