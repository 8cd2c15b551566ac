import type { EventIngestionService } from '@tallymark/analytics/ingest/service';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { EventInput } from '@tallymark/contract/event-input';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { Logger } from 'pino';

type LateEvent = () => Promise<EventInput<DemoPlan>> | EventInput<DemoPlan>;
export type TrackLater = (event: LateEvent, context: RequestContext) => void;

interface Dependencies {
  readonly eventIngestion: Pick<EventIngestionService<DemoPlan>, 'ingest'>;
  /** Runs a task once the current answer is out. */
  readonly schedule: (task: () => Promise<void>) => void;
  readonly log: Logger;
}

/**
 * Tracking beside a request: the visitor does not wait for it, and what fails in it is logged and nothing more.
 * `settled` resolves when nothing is under way, also nothing whose answer is still being written.
 */
export function createTrackLater({ eventIngestion, schedule, log }: Dependencies): {
  trackLater: TrackLater;
  settled: () => Promise<void>;
} {
  const underWay = new Set<Promise<void>>();

  async function track(event: LateEvent, context: RequestContext): Promise<void> {
    try {
      const receipt = await eventIngestion.ingest(await event(), context);
      if (receipt.status === 'rejected') log.warn({ receipt }, 'event was rejected');
    } catch (error) {
      log.warn({ err: error }, 'event could not be tracked');
    }
  }

  return {
    trackLater: (event, context) => {
      const done = new Promise<void>((resolve) => {
        try {
          schedule(() => track(event, context).finally(resolve));
        } catch (error) {
          log.warn({ err: error }, 'event could not be scheduled');
          resolve();
        }
      });
      underWay.add(done);
      void done.then(() => underWay.delete(done));
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
