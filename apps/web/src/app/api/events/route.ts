import { handleEvents } from '@tallymark/analytics/http/events-endpoint';
import { endpointContext } from '../../../endpoint-context.ts';
import { server } from '../../../server.ts';

/** A batch of events as plain JSON, for callers without tRPC. */
export function POST(request: Request): Promise<Response> {
  const { eventIngestion, log } = server();
  return handleEvents({ eventIngestion, log, requestContext: endpointContext }, request);
}
