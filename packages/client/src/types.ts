import type { EventTypeOf, PropsOf, TrackingPlan } from '@tallymark/contract/plan';
import type { Receipt } from '@tallymark/contract/receipt';

/** What is said about an event beside its props. */
export interface TrackOptions {
  readonly entityId?: string;
  readonly entityType?: string;
  /** Default: now. */
  readonly occurredAt?: Date;
}

/** Types that happen to something of the host's take its id. */
export type TrackRest<
  Plan extends TrackingPlan,
  Type extends EventTypeOf<Plan>,
> = Plan['types'][Type]['entityType'] extends string
  ? [options: TrackOptions & { readonly entityId: string }]
  : [options?: TrackOptions];

/** An event that waits for its receipt, as it lies in the queue. */
export interface QueuedEvent {
  /** `<client>.<n>`: the n-th event of a client, which is one load of a page. The idempotency key. */
  readonly key: string;
  readonly eventType: string;
  /** When it happened by the clock of this device, in ms. */
  readonly at: number;
  /** ISO 8601 by the server's clock, never changed once it is set; null while nobody knows that clock. */
  readonly occurredAt: string | null;
  readonly visitorId: string | null;
  /** Everything else of the event as it is sent. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The server's receipt, or why an event never left. */
export type ClientReceipt = Receipt | { readonly status: 'dropped'; readonly reason: DropReason };

/** `consent` was refused or withdrawn, the `queue_full`, or the server answered that it can take the event in no form. */
export type DropReason = 'consent' | 'queue_full' | 'unsendable';

export interface ReceiptEvent {
  readonly key: string;
  readonly eventType: string;
  readonly receipt: ClientReceipt;
}

export interface AnalyticsOptions {
  /** Where the host mounted the tRPC router, such as `/api/trpc`. */
  readonly url: string;
  /** Public key of the site, from the dashboard's settings. */
  readonly siteKey: string;
  /** Default `implied`: tracking begins at once. With `required` events wait in memory until `consent(true)`. */
  readonly consent?: 'implied' | 'required';
  /** Default true: where Global Privacy Control or Do Not Track is on, nothing is tracked. */
  readonly honorSignals?: boolean;
  /** Default false. True: nothing is kept on the device, no visitor is known again, a lost page loses what was not sent. */
  readonly cookieless?: boolean;
  /** What is tracked without a call. Loaded when asked for. */
  readonly autocapture?: AutocaptureOptions;
  /** Versions of event types that the page was built with; the server takes the current one otherwise. */
  readonly schemaVersions?: Readonly<Record<string, number>>;
  /** Type of page views. Default `page_viewed`. */
  readonly pageEventType?: string;
  /** Names the router. Default `eventIngestion`. */
  readonly router?: string;
  /** Told of what goes wrong, for a console. Default: nobody is. */
  readonly onError?: (error: unknown) => void;
}

export interface AutocaptureOptions {
  readonly pageViews?: boolean;
  readonly outboundLinks?: boolean;
  readonly downloads?: boolean;
  readonly formSubmits?: boolean;
  /** Elements with `data-track-event` and `data-track-*` attributes. */
  readonly dataAttributes?: boolean;
  readonly webVitals?: boolean;
}

/** The visit that is going on. */
export interface CurrentVisit {
  readonly visitorId: string;
  readonly sessionId: string;
  /** Where the session began, with the parameters that say who sent the visitor. */
  readonly landingPage?: string | undefined;
}

export interface Analytics<Plan extends TrackingPlan> {
  /** Resolves once the event is kept on the device: to its key, or null where it is not tracked. */
  track<Type extends EventTypeOf<Plan>>(
    eventType: Type,
    props: PropsOf<Plan, Type>,
    ...rest: TrackRest<Plan, Type>
  ): Promise<string | null>;
  /** A view of the page that is open, or of `path`. */
  page(props?: { readonly path?: string; readonly title?: string }): Promise<string | null>;
  /** Says who is signed in; the server believes it only where the session says the same, when the event comes in. */
  identify(userId: string): void;
  /**
   * The visit that the next event belongs to, so that server code can put its events there too. Null before the first event,
   * after half an hour of silence, and where nobody may be tracked or nothing be kept.
   */
  visit(): CurrentVisit | null;
  /** Forgets who it was: after a sign-out. A new visitor and a new session begin. */
  reset(): void;
  /** Sends what waits. Resolves to the number of events that still do. */
  flush(): Promise<number>;
  /** True: tracks from now on. False: stops, and deletes what is on the device. */
  consent(granted: boolean): Promise<void>;
  /** `consent(false)`, remembered. */
  optOut(): Promise<void>;
  /** Called with the receipt of each event that this page tracked. Returns how to stop that. */
  onReceipt(listener: (receipt: ReceiptEvent) => void): () => void;
}
