'use client';
import type { EventTypeOf, PropsOf, TrackingPlan } from '@tallymark/contract/plan';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { createAnalytics } from '../create-analytics.ts';
import type { Analytics, AnalyticsOptions, TrackOptions, TrackRest } from '../types.ts';
import { whenSeen } from './when-seen.ts';

type AnyAnalytics = Analytics<TrackingPlan>;
type AnyTrack = AnyAnalytics['track'];

interface Started {
  /** Null on the server and until the browser has taken over. */
  readonly analytics: AnyAnalytics | null;
  /** Stays the same for the life of the page; what is tracked too early waits. */
  readonly track: AnyTrack;
}

const AnalyticsContext = createContext<Started | null>(null);

/** Starts tracking in the browser, once for the page; options that change later are not looked at. */
export function AnalyticsProvider({ children, ...options }: AnalyticsOptions & { readonly children?: ReactNode }) {
  const [early] = useState(waitingRoom);
  const [started, setStarted] = useState<Started>({ analytics: null, track: early.track });
  const first = useRef(options);
  // Effects of the children run first: their events wait even on a page that is long hydrated.
  useEffect(() => {
    const analytics = analyticsOf(first.current);
    early.open(analytics);
    setStarted({ analytics, track: early.track });
  }, [early]);
  return <AnalyticsContext value={started}>{children}</AnalyticsContext>;
}

function useStarted(): Started {
  const started = useContext(AnalyticsContext);
  if (!started) throw new Error('There is no <AnalyticsProvider> above this component. Put it into the root layout.');
  return started;
}

const useAnyAnalytics = () => useStarted().analytics;
const useAnyTrack = () => useStarted().track;

/** Calls that came before there was a client, in order. */
function waitingRoom() {
  const waiting: ((analytics: AnyAnalytics) => void)[] = [];
  let opened: AnyAnalytics | null = null;
  const track: AnyTrack = (...args) =>
    opened
      ? opened.track(...args)
      : new Promise((resolve) => {
          waiting.push((analytics) => resolve(analytics.track(...args)));
        });
  const open = (analytics: AnyAnalytics) => {
    opened = analytics;
    for (const go of waiting.splice(0)) go(analytics);
  };
  return { track, open };
}

interface AnyViewProps {
  readonly eventType: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly options?: TrackOptions;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Tracks once when half of its content has been on screen for a second. */
function AnyTrackView({ eventType, props, options, className, children }: AnyViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const track = useAnyTrack();
  const seen = useRef(() => {});
  useEffect(() => {
    seen.current = () => void track(eventType, props, options);
  });
  useEffect(() => (place.current ? whenSeen(place.current, () => seen.current()) : undefined), []);
  return (
    <div ref={place} className={className}>
      {children}
    </div>
  );
}

interface TrackViewProps<Plan extends TrackingPlan, Type extends EventTypeOf<Plan>> {
  readonly eventType: Type;
  readonly props: PropsOf<Plan, Type>;
  readonly options?: TrackRest<Plan, Type>[0];
  /** Of the element around the children. */
  readonly className?: string;
  readonly children: ReactNode;
}

/** What a component of a product with one plan works with. */
export interface ReactAnalytics<Plan extends TrackingPlan> {
  /** Null while the page is rendered on the server and until the browser has taken over. */
  readonly useAnalytics: () => Analytics<Plan> | null;
  /** Tracks an event. What is tracked before the browser has taken over waits for it. */
  readonly useTrack: () => Analytics<Plan>['track'];
  readonly TrackView: <Type extends EventTypeOf<Plan>>(props: TrackViewProps<Plan, Type>) => ReactNode;
}

/** Hooks and components typed by the plan: `export const { useTrack, TrackView } = analyticsFor<Plan>()`. */
export const analyticsFor = <Plan extends TrackingPlan>(): ReactAnalytics<Plan> =>
  ({
    useAnalytics: useAnyAnalytics,
    useTrack: useAnyTrack,
    TrackView: AnyTrackView,
  }) as unknown as ReactAnalytics<Plan>;

const started = new Map<string, AnyAnalytics>();

/** React mounts twice in development; the client starts once for a site. */
function analyticsOf(options: AnalyticsOptions): AnyAnalytics {
  const known = started.get(options.siteKey) ?? createAnalytics<TrackingPlan>(options);
  started.set(options.siteKey, known);
  return known;
}
