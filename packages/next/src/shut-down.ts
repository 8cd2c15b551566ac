import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackingPlan } from '@tallymark/contract/plan';
import { stopTakingRequests } from './open-requests.ts';
import type { Services } from './services.ts';

/** For the requests that are open; the ingestion service then has its own deadline. */
const ANSWERING_MS = 5_000;

type ShutDown = Pick<Services<TrackingPlan>, 'log' | 'settings' | 'endStreams' | 'close'>;

/**
 * On SIGTERM or SIGINT: no new connections, answer what is open, then close the services in order. Past the
 * deadline, or on a second signal, the process ends as it is; accepted events are durable and wait in the buffer.
 *
 * Needs NEXT_MANUAL_SIG_HANDLE=true in the environment of `next start`; otherwise Next exits by itself meanwhile.
 */
export function shutDownOnSignal({ log, settings, endStreams, close }: ShutDown): void {
  let closing = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, 'shutting down');
    setTimeout(() => {
      log.error({ deadlineMs: settings.TRACKING_SHUTDOWN_DEADLINE_MS }, 'shutdown took too long');
      process.exit(1);
    }, settings.TRACKING_SHUTDOWN_DEADLINE_MS + ANSWERING_MS);
    void endStreams().catch((error: unknown) => log.warn({ err: error }, 'live streams could not be ended'));
    // Whoever sends slowly must not use up the time of the last flush.
    Promise.race([stopTakingRequests(), sleep(ANSWERING_MS, undefined, { ref: false })])
      .then(close)
      .then(
        () => {
          log.info('shut down');
          process.exit(0);
        },
        (error: unknown) => {
          log.error({ err: error }, 'shutdown failed');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
