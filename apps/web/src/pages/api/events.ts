import { handleEvents } from '@tallymark/analytics/http/events-endpoint';
import { serveNode } from '@tallymark/analytics/http/node-adapter';
import type { NextApiRequest, NextApiResponse } from 'next';
import { endpointContext } from '../../endpoint-context.ts';
import { server } from '../../server.ts';

/** The endpoint reads the body itself, with limits. */
export const config = { api: { bodyParser: false } };

/** A batch of events as plain JSON, for callers without tRPC. */
export default function events(incoming: NextApiRequest, outgoing: NextApiResponse): Promise<void> {
  const { eventIngestion, siteAccess, log } = server();
  const deps = { eventIngestion, siteAccess, log, requestContext: endpointContext };
  return serveNode((request) => handleEvents(deps, request), incoming, outgoing);
}
