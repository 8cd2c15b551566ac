import { serveNode } from '@tallymark/analytics/http/node-adapter';
import { handleQuestions } from '@tallymark/analytics/http/questions-endpoint';
import type { NextApiRequest, NextApiResponse } from 'next';
import { COOKIE_PREFIX } from '../../../auth/create-auth.ts';
import { endpointContext } from '../../../endpoint-context.ts';
import { server } from '../../../server.ts';
import { type AppContext, appRouter } from '../../../trpc/app-router.ts';

/** The endpoint reads the query itself, and a download is as large as it is. */
export const config = { api: { bodyParser: false, responseLimit: false } };

/** The questions of the reports as plain JSON, for callers without tRPC. */
export default function reports(incoming: NextApiRequest, outgoing: NextApiResponse): Promise<void> {
  const { eventIngestion, operations, log } = server();
  const deps = {
    router: appRouter,
    mount: '/api/reports',
    sessionCookie: `${COOKIE_PREFIX}.session_token`,
    log,
    requestContext: endpointContext,
    createContext: (requestContext: Awaited<ReturnType<typeof endpointContext>>): AppContext => ({
      eventIngestion,
      operations,
      requestContext,
    }),
  };
  return serveNode((request) => handleQuestions(deps, request), incoming, outgoing);
}
