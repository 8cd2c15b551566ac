import { handleTrpc } from '@tallymark/analytics/http/trpc-endpoint';
import { endpointContext } from '../../../../endpoint-context.ts';
import { server } from '../../../../server.ts';
import { appRouter } from '../../../../trpc/app-router.ts';

function handle(request: Request): Promise<Response> {
  const { eventIngestion, log } = server();
  return handleTrpc(
    {
      router: appRouter,
      endpoint: '/api/trpc',
      log,
      requestContext: endpointContext,
      createContext: (requestContext) => ({ eventIngestion, requestContext }),
    },
    request,
  );
}

export { handle as GET, handle as POST };
