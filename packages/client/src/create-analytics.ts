import type { TrackingPlan } from '@tallymark/contract/plan';
import { serverClock } from './clock.ts';
import { consentOf } from './consent.ts';
import { keep } from './kept.ts';
import { nowhere } from './nowhere.ts';
import { type EventQueue, memoryQueue, stamp } from './queue.ts';
import { randomId } from './random-id.ts';
import { createSender } from './sender.ts';
import { storedQueue } from './stored-queue.ts';
import { otherTabs } from './tabs.ts';
import { BATCH_BYTES, bytesOf, requestOf, takeBatch } from './take-batch.ts';
import { trpcTransport } from './transport.ts';
import type {
  Analytics,
  AnalyticsOptions,
  ClientReceipt,
  DropReason,
  QueuedEvent,
  ReceiptEvent,
  TrackOptions,
} from './types.ts';
import { arrive, currentVisit, LONGEST_URL, surroundings, visitAt, visitorOf, withoutQuery } from './visit.ts';

const FULL_BATCH = 50;
/** Events that wait in memory for somebody to consent. */
const MOST_HELD = 100;
const LONGEST_TITLE = 500;

/**
 * The browser's side of Tallymark, typed by the tracking plan of the server. Each event is kept on the device until its
 * receipt is there; reloads, crashes and hours without a network neither lose nor repeat one. On a server it does nothing.
 */
export function createAnalytics<Plan extends TrackingPlan>(options: AnalyticsOptions): Analytics<Plan> {
  if (typeof document === 'undefined') return nowhere as unknown as Analytics<Plan>;
  const { url, siteKey, cookieless = false, onError = () => {} } = options;
  const prefix = `tallymark ${siteKey} `;
  const device = keep(prefix, () => true);
  const consent = consentOf(device, options);
  const mayTrack = () => consent.state() === 'granted';
  const kept = keep(prefix, () => !cookieless && mayTrack());
  const transport = trpcTransport(url, options.router ?? 'eventIngestion', siteKey);
  const clock = serverClock(kept, transport.now);
  const client = randomId().slice(0, 16);
  if (!cookieless) arrive();
  /** Events of this page that have no receipt yet. */
  const own = new Map<string, QueuedEvent>();
  const listeners = new Set<(receipt: ReceiptEvent) => void>();
  let held: (() => void)[] = [];
  let counted = 0;
  let unsent = 0;
  let unsentBytes = 0;
  let actorId: string | undefined;
  let lastPage: string | undefined;
  let opened: Promise<EventQueue> | undefined;
  let onDevice = !cookieless;

  /** What is tracked lives as long as the page from now on, and so does what is on its way. */
  const inMemory = async (error: unknown) => {
    onDevice = false;
    onError(error);
    const memory = memoryQueue();
    for (const event of own.values()) await memory.add(event);
    return memory;
  };
  const queue = () => {
    opened ??= cookieless ? Promise.resolve(memoryQueue()) : storedQueue(prefix).catch(inMemory);
    return opened;
  };

  const tell = (receipts: readonly ReceiptEvent[]) => {
    for (const receipt of receipts) {
      // The same event may be answered twice, in two tabs.
      if (!own.delete(receipt.key)) continue;
      for (const listener of listeners) {
        try {
          listener(receipt);
        } catch (error) {
          onError(error);
        }
      }
    }
  };
  const tabs = cookieless ? null : otherTabs(prefix, tell);
  const sender = createSender({
    ...{ queue, transport, clock, kept, mayTrack, onError, turn: prefix },
    onReceipts: (receipts) => {
      unsent = 0;
      unsentBytes = 0;
      for (const { eventType, receipt } of receipts) {
        if (receipt.status === 'rejected') onError(new Error(`${eventType} was rejected: ${receipt.message}`));
      }
      tell(receipts);
      tabs?.tell(receipts);
    },
  });

  const drop = ({ key, eventType }: QueuedEvent, reason: DropReason): null => {
    const receipt: ClientReceipt = { status: 'dropped', reason };
    tell([{ key, eventType, receipt }]);
    return null;
  };

  const put = async (event: QueuedEvent): Promise<string | null> => {
    own.set(event.key, event);
    const asked = event.occurredAt === null && !sender.askedToWait() ? clock.ask() : null;
    let added = false;
    try {
      added = await (await queue()).add(event);
    } catch (error) {
      // The browser took the device away in the middle.
      opened = inMemory(error);
      added = await (await opened).add(event);
    }
    // Offline nobody tells the time. The sender asks again.
    asked?.then((skewMs) => setTime(event.key, skewMs)).catch(() => {});
    if (!added) return drop(event, 'queue_full');
    unsent += 1;
    unsentBytes += bytesOf(event);
    sender.wake(unsent >= FULL_BATCH || unsentBytes >= BATCH_BYTES);
    return event.key;
  };

  /** A page that knows the time of its events can leave them behind; see `leave`. */
  const setTime = async (key: string, skewMs: number) => {
    const [stamped] = await (await queue()).stamp([key], skewMs);
    if (stamped && own.has(key)) own.set(key, stamped);
  };

  const make = (eventType: string, props: unknown, { entityId, entityType, occurredAt }: TrackOptions): QueuedEvent => {
    const visit = cookieless ? null : visitAt(kept, Date.now());
    const fields = {
      props,
      ...(entityId && { entityId }),
      ...(entityType && { entityType }),
      ...(actorId && { actorId }),
      ...(visit && { sessionId: visit.sessionId }),
      attribution: { ...visit?.touch, ...surroundings() },
      ...(options.schemaVersions?.[eventType] && { schemaVersion: options.schemaVersions[eventType] }),
    };
    counted += 1;
    const event = {
      key: `${client}.${counted}`,
      eventType,
      at: occurredAt?.getTime() ?? Date.now(),
      occurredAt: null,
      visitorId: cookieless ? null : visitorOf(kept),
      // What the caller changes afterwards is another event's.
      fields: JSON.parse(JSON.stringify(fields)),
    };
    const skew = clock.skew();
    return skew === null ? event : stamp(event, skew);
  };

  const track = async (eventType: string, props: unknown, about: TrackOptions = {}): Promise<string | null> => {
    const state = consent.state();
    try {
      if (state === 'granted') return await put(make(eventType, props, about));
    } catch (error) {
      // Props that are no JSON, for one. Nothing of a page breaks because it is tracked.
      onError(error);
      return null;
    }
    if (state === 'denied' || held.length >= MOST_HELD) return null;
    const occurredAt = about.occurredAt ?? new Date();
    const asNow = JSON.stringify(props);
    return new Promise((resolve) => {
      held.push(() => resolve(track(eventType, asNow && JSON.parse(asNow), { ...about, occurredAt })));
    });
  };

  /** Somebody has decided, here or in another tab. */
  const decided = () => {
    if (consent.state() === 'pending') return;
    const waiting = held;
    held = [];
    for (const goOn of waiting) goOn();
  };

  /** What the page leaves behind goes out beside the queue; whatever arrives twice is stored once. */
  const leave = () => {
    if (!mayTrack() || sender.askedToWait()) return;
    // An event without a time of the server's would get another one from whoever sends it next. It stays on the device.
    const events = [...own.values()].map((event) => (onDevice ? event : stamp(event, clock.skew() ?? 0)));
    const batch = takeBatch(events.filter(({ occurredAt }) => occurredAt !== null).slice(0, FULL_BATCH));
    if (batch.length > 0) transport.leave(requestOf(batch));
  };
  addEventListener('pagehide', leave);
  addEventListener('storage', decided);
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && own.size > 0) sender.wake(true);
  });
  // What an earlier page left behind.
  if (!cookieless && mayTrack()) sender.wake(false);

  const analytics: Analytics<Plan> = {
    track: (eventType, props, ...[about]) => track(eventType, props, about),
    page: ({ path = location.pathname, title = document.title } = {}) => {
      const referrer = withoutQuery(lastPage ?? document.referrer);
      lastPage = location.origin + path;
      return track(options.pageEventType ?? 'page_viewed', {
        path: path.slice(0, LONGEST_URL),
        title: title.slice(0, LONGEST_TITLE),
        ...(referrer && { referrer }),
      });
    },
    identify: (userId) => {
      actorId = userId;
    },
    visit: () => (cookieless || !mayTrack() ? null : currentVisit(kept, Date.now())),
    reset: () => {
      actorId = undefined;
      kept.set('visitor', null);
      kept.set('visit', null);
    },
    flush: () => sender.drain(),
    consent: async (granted) => {
      // Whoever was never tracked has no queue, and need not get an empty one.
      const mayHaveQueue = opened !== undefined || kept.get('visitor') !== null;
      if (granted && !cookieless && consent.state() === 'pending') {
        // Before the other tabs hear of it, so that they go on with the same visitor and session.
        visitorOf(device);
        visitAt(device, Date.now());
      }
      consent.set(granted);
      decided();
      if (granted) return;
      for (const event of own.values()) drop(event, 'consent');
      for (const name of ['visitor', 'visit', 'skew', 'not-before']) kept.set(name, null);
      if (mayHaveQueue) await (await queue()).clear();
    },
    optOut: () => analytics.consent(false),
    onReceipt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  if (options.autocapture) {
    const wanted = options.autocapture;
    import('./autocapture/start.ts').then(({ startAutocapture }) => startAutocapture(analytics, wanted)).catch(onError);
  }
  return analytics;
}
