import type { SnapshotReaders } from '@tallymark/analytics/enrich/snapshots';
import type { RequestFacts } from '@tallymark/analytics/http/request-context';
import type { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { visibleSitesOf } from '@tallymark/analytics/report/visible-sites';
import { admittedOrForbidden } from '@tallymark/analytics/routers/admitted-or-forbidden';
import {
  createTallymarkRouter,
  type TallymarkRouter,
  type TallymarkRouterContext,
} from '@tallymark/analytics/routers/tallymark';
import { IngestError } from '@tallymark/contract/errors';
import type { TrackingPlan } from '@tallymark/contract/plan';
import type { VisibleSite } from '@tallymark/contract/reports/members';
import type { RequestContext } from '@tallymark/contract/request-context';
import { parseSettings } from '@tallymark/contract/settings';
import { headers } from 'next/headers';
import { createHandlers, type Handlers } from './handlers.ts';
import { watchRequests } from './open-requests.ts';
import { requestContextOf } from './peer-address.ts';
import { openServices, type Services } from './services.ts';
import { shutDownOnSignal } from './shut-down.ts';

export interface TallymarkUser {
  readonly id: string;
  readonly name: string;
  /** `admin` may do everything; anybody else sees the sites that they are a member of. */
  readonly role: string;
}

export interface TallymarkOptions<Plan extends TrackingPlan> {
  readonly plan: Plan;
  /**
   * Who is signed in, asked within a request: read `cookies()` or `headers()` of `next/headers`. Answer null at once where
   * there is no session cookie, for most senders of events have none.
   */
  readonly user: () => Promise<TallymarkUser | null>;
  /** What entities look like, by their type; each event that names one keeps a snapshot of it. */
  readonly snapshotReaders?: SnapshotReaders;
  /** Path of the route that exports `handlers`. Default `/api/tallymark`. */
  readonly mount?: string;
  /** Name of the cookie that users are signed in by, for the documentation of the JSON API. Default `session`. */
  readonly sessionCookie?: string;
}

/** Tallymark inside a Next.js app. Nothing connects before the first use. */
export interface Tallymark<Plan extends TrackingPlan> {
  /** For `app/api/tallymark/[...path]/route.ts`. */
  readonly handlers: Handlers;
  /** All procedures, to be mounted among the host's own; they find what they need in `context()`. */
  readonly router: TallymarkRouter<Plan>;
  /** What the dashboard's page wants to know. */
  readonly dashboard: {
    readonly user: () => Promise<TallymarkUser | null>;
    readonly sites: (user: TallymarkUser) => Promise<VisibleSite[]>;
    readonly trpcUrl: string;
    readonly reportsUrl: string;
  };
  /** Tracks on the server: `ingest`, `trackEvent`, and `track` inside the caller's own transaction. */
  readonly eventIngestion: EventIngestionService<Plan>;
  /** Part of the context of a host's own tRPC. */
  context(request: Request): Promise<TallymarkRouterContext>;
  /** Who sends, and from where: for events tracked in pages and server actions. */
  requestContext(): Promise<RequestContext>;
  /**
   * For `register()` of `instrumentation.ts`: connects when the server starts instead of with the first event, and learns
   * the addresses of connections, which Next keeps to itself. With NEXT_MANUAL_SIG_HANDLE=true it also ends the process in
   * order when that is told to stop.
   */
  register(): Promise<void>;
}

const RETRY_AFTER_SECONDS = 2;

// Next bundles instrumentation, pages and routes apart, so that a variable of this module would exist several times.
const held: typeof globalThis & { tallymarkServices?: Services<TrackingPlan> } = globalThis;

/** @throws Error on first use that names every setting that is missing or wrong. */
export function createTallymark<const Plan extends TrackingPlan>(options: TallymarkOptions<Plan>): Tallymark<Plan> {
  const { plan, user, snapshotReaders, mount = '/api/tallymark', sessionCookie = 'session' } = options;
  const router = createTallymarkRouter<Plan>(plan);

  /** Made on first use: the build evaluates modules without an environment. */
  function services(): Services<Plan> {
    held.tallymarkServices ??= open();
    return held.tallymarkServices as unknown as Services<Plan>;
  }

  function open(): Services<TrackingPlan> {
    const settings = parseSettings(process.env);
    const name = 'tallymark-web';
    const log = createLogger({ level: settings.LOG_LEVEL, name });
    const opened = openServices<Plan>({ plan, settings, log, name, snapshotReaders });
    opened.start().catch((error: unknown) => log.error({ err: error }, 'tallymark could not be started'));
    return opened as unknown as Services<TrackingPlan>;
  }

  function contextOf(signedIn: TallymarkUser | null, facts: Pick<RequestFacts, 'headers' | 'url'>): RequestContext {
    return requestContextOf({
      ...facts,
      session: signedIn && { userId: signedIn.id, role: signedIn.role },
      trustedProxyHops: services().settings.TRACKING_TRUSTED_PROXY_HOPS,
    });
  }
  const requestContext = async ({ headers: sent, url }: Request) =>
    contextOf(await userOrRetry(user), { headers: sent, url });

  return {
    handlers: createHandlers({ router, mount, sessionCookie, services, requestContext }),
    router,
    dashboard: {
      user,
      sites: ({ id, role }) => {
        const { prisma, settings } = services();
        return visibleSitesOf(prisma, { userId: id, role }, settings.TRACKING_DEFAULT_SITE_ID);
      },
      trpcUrl: `${mount}/trpc`,
      reportsUrl: `${mount}/reports`,
    },
    get eventIngestion() {
      return services().eventIngestion;
    },
    context: async (request) => {
      const { eventIngestion, operations, siteAccess } = services();
      return {
        eventIngestion,
        operations,
        requestContext: await admittedOrForbidden(siteAccess, await requestContext(request)),
      };
    },
    requestContext: async () => contextOf(await user(), { headers: await headers() }),
    register: async () => {
      watchRequests();
      const opened = services();
      if (process.env.NEXT_MANUAL_SIG_HANDLE === 'true') shutDownOnSignal(opened);
    },
  };
}

/** @throws IngestError while it cannot be said: who is signed in must not pass for a stranger meanwhile. */
async function userOrRetry(user: () => Promise<TallymarkUser | null>): Promise<TallymarkUser | null> {
  try {
    return await user();
  } catch (error) {
    throw new IngestError('stores_unavailable', RETRY_AFTER_SECONDS, { cause: error });
  }
}
