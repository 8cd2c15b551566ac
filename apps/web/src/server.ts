import { createLogger } from '@tallymark/analytics/operate/logger';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import { parseSettings } from '@tallymark/contract/settings';
import { openServices, type Services } from '@tallymark/next/services';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { after } from 'next/server';
import { type Auth, createAuth } from './auth/create-auth.ts';
import { loginHook } from './auth/login-hook.ts';
import { parseWebSettings } from './environment.ts';
import { createTrackLater, type TrackLater } from './tracking/track-later.ts';

/** Everything the web process is made of: Tallymark, and what the studio adds to it. */
export interface Server extends Services<DemoPlan> {
  readonly auth: Auth;
  /** Tracks an event once the answer is out; never throws. */
  readonly trackLater: TrackLater;
}

function createServer(environment: NodeJS.ProcessEnv): Server {
  const settings = parseSettings(environment);
  const web = parseWebSettings(environment);
  const log = createLogger({ level: settings.LOG_LEVEL, name: 'web' });
  const services = openServices({ plan: demoPlan, settings, log, name: 'tallymark-web', snapshotReaders });
  const { prisma, eventIngestion } = services;
  const { trackLater, settled } = createTrackLater({ eventIngestion, schedule: (task) => after(task), log });
  const auth = createAuth({
    prisma,
    log,
    secret: web.BETTER_AUTH_SECRET,
    baseUrl: web.BETTER_AUTH_URL,
    afterEndpoint: loginHook({ prisma, trackLater, trustedProxyHops: settings.TRACKING_TRUSTED_PROXY_HOPS }),
  });
  return {
    ...services,
    auth,
    trackLater,
    close: async () => {
      // Late events first: they need everything else.
      await settled();
      await services.close();
    },
  };
}

// Next bundles instrumentation, pages and routes apart, so that a variable of this module would exist several times.
const held: typeof globalThis & { tallymarkServer?: Server } = globalThis;

/** The one server of this process, made on first use: the build evaluates route modules without an environment. */
export function server(): Server {
  held.tallymarkServer ??= createServer(process.env);
  return held.tallymarkServer;
}
