import { serveNode } from '@tallymark/analytics/http/node-adapter';
import { handleTrpc } from '@tallymark/analytics/http/trpc-endpoint';
import type { NextApiRequest, NextApiResponse } from 'next';
import { endpointContext } from '../../../endpoint-context.ts';
import { server } from '../../../server.ts';
import { type AppContext, appRouter } from '../../../trpc/app-router.ts';

/** The endpoint reads the body itself, with limits. */
export const config = { api: { bodyParser: false } };

/** A Pages API route, because a request to one costs a third of what a route handler of the App Router does. */
export default function trpc(incoming: NextApiRequest, outgoing: NextApiResponse): Promise<void> {
  const { eventIngestion, operations, siteAccess, log } = server();
  const deps = {
    router: appRouter,
    endpoint: '/api/trpc',
    log,
    siteAccess,
    requestContext: endpointContext,
    createContext: (requestContext: Awaited<ReturnType<typeof endpointContext>>): AppContext => ({
      eventIngestion,
      operations,
      requestContext,
    }),
  };
  return serveNode((request) => handleTrpc(deps, request), incoming, outgoing);
}
