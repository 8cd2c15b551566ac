import { handleEvents } from '@tallymark/analytics/http/events-endpoint';
import { handleQuestions } from '@tallymark/analytics/http/questions-endpoint';
import { handleTrpc } from '@tallymark/analytics/http/trpc-endpoint';
import type { TallymarkRouter, TallymarkRouterContext } from '@tallymark/analytics/routers/tallymark';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { Services } from './services.ts';

export interface HandlersDeps<Plan extends TrackingPlan> {
  readonly router: TallymarkRouter<Plan>;
  /** Path that all of it is mounted at, such as `/api/tallymark`. */
  readonly mount: string;
  /** Name of the host's session cookie, for the documentation of the questions. */
  readonly sessionCookie: string;
  readonly services: () => Pick<Services<Plan>, 'eventIngestion' | 'operations' | 'siteAccess' | 'log'>;
  readonly requestContext: (request: Request) => Promise<RequestContext>;
}

/** What a catch-all route handler of the App Router exports. */
export interface Handlers {
  GET(request: Request): Promise<Response>;
  HEAD(request: Request): Promise<Response>;
  POST(request: Request): Promise<Response>;
  OPTIONS(request: Request): Promise<Response>;
}

/** Below the mount: `trpc/*` for browsers and the dashboard, `events` for anybody else, `reports/*` for questions as JSON. */
export function createHandlers<Plan extends TrackingPlan>(deps: HandlersDeps<Plan>): Handlers {
  const handle = (request: Request) => respond(deps, request);
  return { GET: handle, HEAD: handle, POST: handle, OPTIONS: handle };
}

async function respond<Plan extends TrackingPlan>(deps: HandlersDeps<Plan>, request: Request): Promise<Response> {
  const { router, mount, sessionCookie, requestContext } = deps;
  const { eventIngestion, operations, siteAccess, log } = deps.services();
  const createContext = (asked: RequestContext): TallymarkRouterContext => ({
    eventIngestion,
    operations,
    requestContext: asked,
  });
  const part = new URL(request.url).pathname.slice(mount.length + 1);
  if (part === 'events') return handleEvents({ eventIngestion, siteAccess, log, requestContext }, request);
  if (part.startsWith('trpc/')) {
    return handleTrpc({ router, endpoint: `${mount}/trpc`, log, siteAccess, requestContext, createContext }, request);
  }
  if (part === 'reports' || part.startsWith('reports/')) {
    const asked = { router, mount: `${mount}/reports`, sessionCookie, log, requestContext, createContext };
    return handleQuestions(asked, request);
  }
  const error = `There is nothing here. Tallymark answers at ${mount}/trpc, ${mount}/events and ${mount}/reports.`;
  return Response.json({ error }, { status: 404 });
}
